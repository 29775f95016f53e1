/** Longest waits and largest answers of one endpoint. */
export interface EndpointLimits {
  /** Name resolution, TCP and TLS. */
  readonly connectMs: number;
  /** From the connection to the head of the answer: a busy server keeps requests in a queue. */
  readonly headersMs: number;
  /** Silence between two pieces of an answer: models that think without streaming pause for a minute. */
  readonly idleMs: number;
  /** One answer: 2,000 tokens at the slowest rate seen on sale, 7 a second. */
  readonly totalMs: number;
  /** All requests of one audit, waits included; what was collected by then is kept. */
  readonly auditMs: number;
  /** Longest wait that a server may ask for before its request is repeated. */
  readonly retryWaitMs: number;
}

export const DEFAULT_LIMITS: EndpointLimits = {
  connectMs: 15_000,
  headersMs: 120_000,
  idleMs: 90_000,
  totalMs: 300_000,
  auditMs: 45 * 60_000,
  retryWaitMs: 30_000,
};

/** Head of an answer: gateways send 4 KB, Node's own default is 16. */
export const MAX_HEADER_BYTES = 32 * 1024;

/** Interim answers (1xx) to one request; honest servers send one. */
export const MAX_INTERIM = 16;

/** Body of an answer that is an error: messages that quote the request reach 20 KB. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** List of models: the longest public one has 600 KB. */
export const MAX_LIST_BYTES = 4 * 2 ** 20;

/** Wait for the end of an answer that has said it is complete: some proxies leave the connection open. */
export const AFTER_DONE_MS = 1_000;

/** Repetitions of a request that a busy server turned away before it answered. */
export const MAX_RETRIES = 2;
export const FIRST_RETRY_MS = 1_000;

/** Failures in a row after which a server is not asked any more. */
export const MAX_FAILURES = 3;

/** Ids from here on are missing in some vocabularies, and servers have crashed on them. */
export const FIRST_UNSAFE_ID = 32_000;
