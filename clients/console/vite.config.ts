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
      { find: /^@optimization-gateway\/client\/(http|react|testing)$/, replacement: `${at('../typescript/src')}/$1.ts` },
    ],
    // The source would find React by itself; two copies don't work together.
    dedupe: ['react'],
  },
  build: {
    outDir: at('../../src/Gateway/wwwroot'),
    emptyOutDir: true,
    // Files with fixed names, which src/Gateway/PageFile.cs serves under a policy that forbids anything inline. Two pages: that of the jobs,
    // and the inspector's, which only its own port has; what both need is in one file.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: { console: at('index.html'), inspector: at('inspector.html') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: 'console[extname]',
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
      },
    },
  },
  server: {
    proxy: { '/console.json': gateway, '/jobs': gateway, '/ws': { target: gateway, ws: true, changeOrigin: true } },
  },
});
