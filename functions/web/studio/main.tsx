import { render } from 'preact'
import '../kit/style.css'
import './studio.css'
import { Studio } from './studio.tsx'

const app = document.getElementById('app')
if (app) render(<Studio />, app)
