// `component new` by the encoder inside a package of npm: node component-new.mjs ENCODER.js MODULE.wasm COMPONENT.wasm
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [encoder, input, output] = process.argv.slice(2);
const loaded = await import(pathToFileURL(resolve(encoder)));
await loaded.$init; // older packages start in the background
try {
  writeFileSync(output, loaded.tools.componentNew(readFileSync(input)));
} catch (error) {
  console.error(String(error.payload ?? error));
  process.exitCode = error.payload === undefined ? 70 : 1; // 1: it refuses; anything else: it broke down
}
