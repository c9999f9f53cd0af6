import { render } from 'preact'
import '../kit/style.css'
import './watch.css'
import { Watch } from './watch.tsx'

const app = document.getElementById('app')
if (app) render(<Watch />, app)
