// The contracts of the whole package, by the order in which an audit meets them.
export type * from './attention.js';
export type * from './candidate.js';
export type * from './engine.js';
export type * from './evidence.js';
export type * from './files.js';
export type * from './reference.js';
export type * from './replies.js';
export type * from './signal.js';
export type * from './token-stacks.js';
export type * from './verdict.js';
export type * from './weights.js';
