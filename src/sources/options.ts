import { availableParallelism, cpus } from 'node:os';
import type { CheckSignature } from '../io/endpoint/ask.js';
import type { FilesOptions } from './files-capability.js';

export interface OpenOptions extends FilesOptions {
  /** Threads of one operator; 0 or absent leaves it to ONNX Runtime. */
  readonly threads?: number;
  /** Ceiling of one operation in the runtime child, ms. */
  readonly timeoutMs?: number;
  /** Resident-set ceiling of the runtime child, bytes; by default three times the weights plus 1 GB. */
  readonly memoryBytes?: number;
  /** Read weights behind addresses of this machine and of private networks too. */
  readonly allowPrivateAddresses?: boolean;
  /** Let a local model answer chat messages and raw prompts as an endpoint does. */
  readonly likeEndpoint?: boolean;
  /** Tokenizers of the auditor's own, tokenizer.json files by name, beside the shipped ones. */
  readonly tokenizers?: Readonly<Record<string, string>>;
  /** Time that all requests to one endpoint may take together, ms; what was collected by then is kept. */
  readonly endpointTimeMs?: number;
  /** Checks signatures over the raw answers of an endpoint. */
  readonly checkSignature?: CheckSignature;
  readonly signal?: AbortSignal;
}

/** The machine an audit runs on, for its evidence. */
export function machine({ threads = 0 }: OpenOptions): Record<string, string | number> {
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    threads,
  };
}
