import type { AssayError } from '../../core/errors.js';
import { overLimit } from './failure.js';
import type { OnnxFault } from './fault.js';
import { MAX_DEPTH, MAX_METADATA_BYTES, MAX_NODES, MESSAGE_COST } from './limits.js';

/** What reading one file has cost so far. */
export class Budget {
  readonly #file: string;
  #spent = 0;
  #nodes = 0;
  #depth = 0;

  constructor(file: string) {
    this.#file = file;
  }

  charge(bytes: number, at: number): void {
    this.#spent += bytes;
    if (this.#spent <= MAX_METADATA_BYTES) return;
    throw this.#over('ONNX_MEMORY', at, `the graph needs more than the limit of ${MAX_METADATA_BYTES} bytes`);
  }

  node(at: number): void {
    if (++this.#nodes <= MAX_NODES) return;
    throw this.#over('ONNX_NODES', at, `the model has more than ${MAX_NODES} nodes, which is the limit`);
  }

  enter(at: number): void {
    this.charge(MESSAGE_COST, at);
    if (++this.#depth <= MAX_DEPTH) return;
    throw this.#over('ONNX_DEPTH', at, `messages nest deeper than the limit of ${MAX_DEPTH}`);
  }

  leave(): void {
    this.#depth--;
  }

  #over(fault: OnnxFault, at: number, what: string): AssayError {
    return overLimit({ file: this.#file, at, fault }, what);
  }
}
