// A whole host of the stages' module (docs/formats/stage-abi.md), for Node.js.
//
//   node run_task.mjs MODULE FOLDER TASK...
//
// Runs tasks one after the other in one instance. Objects and tasks are files of the folder. Prints
// the size of the memory and the seconds of each task; ends with the error code of the first that
// fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [file, folder, ...names] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));

let inputs, outputs; // of the task that runs
const bytes = (address, count) => new Uint8Array(exports.memory.buffer, address >>> 0, count >>> 0);
const imports = {
  read(input, offset, address, count) {
    const range = inputs[input];
    const first = Number(offset);
    if (!range || first < 0 || first + (count >>> 0) > range.length) return 1;
    bytes(address, count).set(range.subarray(first, first + (count >>> 0)));
    return 0;
  },
  write(output, address, count) {
    outputs[output].parts.push(bytes(address, count).slice());
    return 0;
  },
  log(level, address, count) {
    process.stderr.write(Buffer.from(bytes(address, count)).toString() + '\n');
  },
};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  if (from !== 'ionloom' || !(name in imports)) throw new Error(`imports ${from}.${name}`);
}
const { exports } = new WebAssembly.Instance(module, { ionloom: imports });
exports._initialize();
if (exports.ionloom_stage_abi() !== 1) throw new Error('another version of the contract');

const object = (name) => readFileSync(join(folder, decodeURIComponent(name)));
for (const name of names) {
  const text = readFileSync(join(folder, name));
  const lines = text.toString().split('\n').map((line) => line.split(' '));
  inputs = lines.filter((line) => line[0] === 'input').map(([, , from, offset, length]) =>
    object(from).subarray(Number(offset), Number(offset) + Number(length)));
  outputs = lines.filter((line) => line[0] === 'output').map(([, , to]) => ({ to, parts: [] }));
  const begin = process.hrtime.bigint();
  const address = exports.ionloom_task_buffer(text.length);
  if (address === 0) throw new Error('no memory for the task');
  bytes(address, text.length).set(text);
  const error = exports.ionloom_run(address, text.length);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (error !== 0) process.exit(error);
  for (const { to, parts } of outputs) {
    writeFileSync(join(folder, decodeURIComponent(to)), Buffer.concat(parts));
  }
  console.log(name, exports.memory.buffer.byteLength, seconds);
}
