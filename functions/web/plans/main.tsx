import { render } from 'preact'
import '../kit/style.css'
import '../billing/billing.css'
import { PlansPage } from './plans-page.tsx'

const app = document.getElementById('app')
if (app) render(<PlansPage />, app)
