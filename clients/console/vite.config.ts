import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run dev` finds a gateway: that of `make run`. */
const gateway = 'http://127.0.0.1:8080';

export default defineConfig({
  root: at('.'),
  // Whatever path it is served under.
  base: './',
  resolve: {
    // The package from its source, so that nothing has to be built before. Only what it exports is there: its entries.
    alias: [
      { find: /^@optimization-gateway\/client$/, replacement: at('../typescript/src/index.ts') },
      { find: /^@optimization-gateway\/client\/(react|testing)$/, replacement: `${at('../typescript/src')}/$1.ts` },
    ],
    // The source would find React by itself; two copies don't work together.
    dedupe: ['react'],
  },
  build: {
    outDir: at('../../src/Gateway/wwwroot'),
    emptyOutDir: true,
    // Three files with fixed names, which src/Gateway/ConsolePage.cs serves under a policy that forbids anything inline.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: { output: { entryFileNames: 'console.js', assetFileNames: 'console[extname]', codeSplitting: false } },
  },
  server: {
    proxy: { '/console.json': gateway, '/ws': { target: gateway, ws: true, changeOrigin: true } },
  },
});
