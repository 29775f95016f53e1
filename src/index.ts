export { loadProfile, shippedProfiles, shippedSuite } from './api/assets.js';
export { type AttentionOptions, attention } from './api/attention.js';
export { type AuditOptions, audit, type Stop } from './api/audit.js';
export { type BuildOptions, buildProfile, type TrustedReference } from './api/build-profile.js';
export { type CollectOptions, collect, plannedCost } from './api/collect.js';
export { compare } from './api/compare.js';
export { fingerprint } from './api/fingerprint.js';
export type { Reference } from './api/references.js';
export {
  type ResponseKey,
  responseChecker,
  type SignatureChecker,
  type SignatureSettings,
  verifyResponse,
} from './api/response-signature.js';
export { type ScoreOptions, score } from './api/score.js';
export { type Cheat, openEngine, type RunningServer, type ServeOptions, serve } from './api/serve.js';
export { type Envelope, sign, verify } from './api/sign.js';
export { type SignedModel, type SignModelOptions, signModel } from './api/sign-model.js';
export { type ModelVerification, type VerifyModelOptions, verifyModel } from './api/verify-model.js';
export { canonicalJson } from './core/canonical-json.js';
export { AssayError, type ErrorCode, type ErrorRecord, isAssayError } from './core/errors.js';
export type * from './core/types.js';
export { readEvidence } from './profile/evidence.js';
export { readProfile } from './profile/load.js';
export type { SuiteTier } from './profile/suite.js';
export { writeProfile } from './profile/write.js';
export { PROBES, SIGNALS } from './registry.js';
export {
  type AttentionFormat,
  attentionRenderers,
  type ReportFormat,
  renderers,
  verdictSentence,
} from './report/index.js';
export type { CandidateInput } from './sources/open.js';
export type { OpenOptions } from './sources/options.js';
