import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../console.css';
import './inspector.css';
import { Inspector } from './Inspector.tsx';

createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <Inspector />
  </StrictMode>,
);
