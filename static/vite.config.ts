/**
 * How the client is built: TypeScript and CSS flow in, `dist/` flows out. Assets carry a hash of their
 * content in the name, and beside every text file lie its `.gz` and `.br` twins, so that the server
 * never compresses while a class is running.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";
import { PACKS } from "./src/i18n/packs";

const COMPRESSED = /\.(?:js|css|html|svg|json|webmanifest|txt)$/;
const TOO_SMALL = 512; // bytes; below this the headers cost more than compression saves

async function* files(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function precompress(): Plugin {
  let folder = "dist";
  return {
    name: "precompress",
    apply: "build",
    configResolved: config => {
      folder = config.build.outDir;
    },
    closeBundle: async () => {
      for await (const path of files(folder)) {
        if (!COMPRESSED.test(path)) continue;
        const body = await readFile(path);
        if (body.length < TOO_SMALL) continue;
        const text = { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };
        await writeFile(`${path}.gz`, await promisify(gzip)(body, { level: 9 }));
        await writeFile(`${path}.br`, await promisify(brotliCompress)(body, text));
      }
    },
  };
}

/**
 * Few files, each worth its request: what every page uses is one, and each pack of words in a language.
 * Pages and the class stay apart, loaded when they are visited.
 */
function chunkOf(id: string): string | undefined {
  const [, room, language] = /\/i18n\/words\/(\w+)\/(\w+)\.json$/.exec(id) ?? [];
  for (const [pack, rooms] of Object.entries(PACKS)) {
    if ((rooms as readonly (string | undefined)[]).includes(room)) return `words-${pack}-${language}`;
  }
  if (/\/node_modules\/|\/src\/(?:ui|api|i18n|theme|state|notices)\/|vite\/preload/.test(id)) return "base";
  if (/\/src\/(?:support\/(?:SupportButton|trouble)|media\/backoff)\./.test(id)) return "base";
  return undefined;
}

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  plugins: [precompress()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // data: addresses would need a hole in the content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { output: { manualChunks: chunkOf } },
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/ws": { target: "ws://127.0.0.1:8080", ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    // one document for all files saves five sixths of the time; each test cleans up what it rendered
    pool: "threads",
    isolate: false,
  },
});
