import { render } from 'preact'
import '../../kit/style.css'
import '../../billing/billing.css'
import './usage.css'
import { BillingPage } from './billing-page.tsx'

const app = document.getElementById('app')
if (app) render(<BillingPage />, app)
