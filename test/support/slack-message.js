// Runs in the page of slack-picture.ts: draws the message that the page holds.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { Message } from 'slack-blocks-to-jsx'

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#1f3a5f"/><path d="M9 15v6h4l8 5V10l-8 5z" fill="#fff"/></svg>'
const { blocks } = JSON.parse(document.getElementById('message')?.textContent ?? '')

createRoot(document.getElementById('root')).render(
  createElement(Message, {
    blocks,
    name: 'Patchcrier',
    logo: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
    time: new Date(2026, 10, 23, 14, 5),
    theme: 'light',
  }),
)
