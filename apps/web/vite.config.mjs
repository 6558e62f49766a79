import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { precompress } from './build/precompress.mjs';
import { refuseNode } from './build/refuse-node.mjs';

const browsers = ['chrome123', 'firefox120', 'safari17.5'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    refuseNode(),
    react(),
    precompress(),
  ],
  // Rooms of ours are read from their sources: no build of them has to come first.
  resolve: { conditions: ['@periodic-backup/source', ...defaultClientConditions] },
  build: {
    target: browsers,
    // light-dark() is younger than the usual targets: it must not be rewritten.
    cssTarget: browsers,
    // Files, not data: URLs: the Content-Security-Policy allows fonts and images of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // npx vite apps/web, beside a console that npm start serves.
    proxy: {
      '/api': {
        target: 'http://127.0.0.1:7300',
        changeOrigin: true,
        configure: (proxy) => proxy.on('proxyReq', (request) => request.removeHeader('origin')),
      },
    },
  },
});
