/** Kept apart: the content security policy of the page allows exactly these bytes. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--soft:#f5f6f8;--line:#dfe3e8;--text:#1a1f27;--dim:#566070;--accent:#0b57d0;
--get:#0b6bcb;--post:#177245;--put:#8a5a00;--patch:#7a3fb3;--delete:#b3261e}
@media (prefers-color-scheme:dark){:root{--bg:#12151a;--soft:#1b2027;--line:#2f3742;--text:#e6e9ee;--dim:#a3adba;
--accent:#8ab4f8;--get:#7cbcff;--post:#6bd39b;--put:#e5b45a;--patch:#cda1f5;--delete:#ff9b91}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:1rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,sans-serif;display:grid;
grid-template-columns:19rem minmax(0,1fr)}
a{color:var(--accent)}code,pre{font-family:ui-monospace,monospace;font-size:.875em}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:1}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);background:var(--soft)}
nav h2{font-size:.8rem;letter-spacing:.04em;text-transform:uppercase;color:var(--dim);margin:1.2rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}nav a{display:block;padding:.25rem .4rem;border-radius:.35rem;color:inherit;
text-decoration:none;font-size:.82rem;overflow-wrap:anywhere}nav a:hover{background:var(--line)}
main{padding:1.5rem clamp(1rem,4vw,3rem) 6rem;max-width:62rem}h1{margin:.2em 0;font-size:2rem}
.version{color:var(--dim);overflow-wrap:anywhere}section>h2{margin:3rem 0 .5rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
article{padding:1rem 0 1.6rem;border-bottom:1px solid var(--line)}h3{margin:.4rem 0;font-size:1.08rem;font-weight:600}
h3 a{color:inherit;text-decoration:none}h3 code{font-size:1rem;overflow-wrap:anywhere}h4{margin:1.1rem 0 .35rem;font-size:.9rem}
small{color:var(--dim);font-weight:400}.summary{margin:.2rem 0}
.m{display:inline-block;min-width:4.4em;font:700 .72rem/1.5 ui-monospace,monospace}
.GET{color:var(--get)}.POST{color:var(--post)}.PUT{color:var(--put)}.PATCH{color:var(--patch)}.DELETE{color:var(--delete)}
.lock{font-size:.75rem;padding:.1rem .5rem;border:1px solid var(--line);border-radius:1rem;color:var(--dim);white-space:nowrap}
.lock.user{border-color:var(--accent);color:var(--accent)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}
th{text-align:left;color:var(--dim);font-weight:600}th,td{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
tr>:first-child{min-width:8rem}.status{font:700 .8rem ui-monospace,monospace;color:var(--post)}.status.bad{color:var(--delete)}
details{margin:.3rem 0;padding:.35rem .7rem;border:1px solid var(--line);border-radius:.5rem}summary{cursor:pointer}
pre{margin:0;padding:.8rem 1rem;background:var(--soft);border:1px solid var(--line);border-radius:.5rem;overflow-x:auto}
article:target h3{background:var(--soft);box-shadow:0 0 0 .4rem var(--soft);border-radius:.2rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:52rem){body{display:block}nav{position:static;height:auto;max-height:32vh;border:0;border-bottom:1px solid var(--line)}}
`
