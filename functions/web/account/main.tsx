import { render } from 'preact'
import '../kit/style.css'
import '../billing/billing.css'
import { AccountPage } from './account-page.tsx'

const app = document.getElementById('app')
if (app) render(<AccountPage />, app)
