import './zod-without-eval.js';
import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from './api/query-client.js';
import { sessionQuery } from './api/session.js';
import { makeRouter } from './app/router.js';

const queryClient = makeQueryClient(() => {
  void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }).then(() => router.invalidate());
});
const router = makeRouter(queryClient);

// A newer console was installed and the code of a screen is gone: load the page anew, once.
window.addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('reloaded') === document.lastModified) return;
  sessionStorage.setItem('reloaded', document.lastModified);
  window.location.reload();
});

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
