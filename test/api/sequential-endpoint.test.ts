import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AuditOptions,
  audit,
  buildProfile,
  type Evidence,
  PROBES,
  type ReferenceProfile,
  type Report,
  type RunningServer,
  score,
  serve,
} from '../../dist/esm/index.js';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { model } from '../support/fixtures.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SEED = 5;
const DECIDED = { status: 'unavailable', missing: 'the case was decided before this probe' };

let profile: ReferenceProfile;
beforeAll(async () => {
  const references = [
    { variant: 'full', kind: 'full', candidate: model('quill/full-1') },
    { variant: 'student', kind: 'distilled', candidate: model('quill/student-1a') },
    { variant: 'stranger', kind: 'other', candidate: model('quill/scratch-1') },
  ] as const;
  const asked = [
    'architecture',
    'files',
    'token-distributions',
    'greedy-replies',
    'sampled-replies',
    'token-counts',
  ];
  const probes = PROBES.filter(({ id }) => asked.includes(id));
  profile = await buildProfile(references, { id: 'served', runs: 1, likeEndpoint: true, seed: SEED, probes });
});

const servers: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function served(name: string): Promise<RunningServer> {
  const server = await serve(model(name), { dialect: 'vllm', model: 'm' });
  servers.push(server);
  return server;
}

/** A seller who answers raw completions with one model and chats with another. */
async function routed(completions: RunningServer, chats: RunningServer): Promise<string> {
  const front = createServer((asked, answer) => {
    const { url, headers, method } = asked;
    const behind = url?.includes('/chat/') ? chats : completions;
    const target = new URL(url ?? '', behind.url);
    const passed = request(target, { method, headers: { ...headers, host: target.host } }, (reply) => {
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening));
  servers.push({
    close: () =>
      new Promise((closed) => {
        front.close(() => closed());
        front.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1`;
}

interface Audited {
  readonly report: Report;
  readonly evidence: Evidence;
}

async function audited(baseUrl: string, options: Partial<AuditOptions> = {}): Promise<Audited> {
  let evidence: Evidence | undefined;
  const endpoint = { kind: 'endpoint', baseUrl, model: 'm' } as const;
  const report = await audit(endpoint, {
    profile,
    allowPrivateAddresses: true,
    seed: SEED,
    clock: () => new Date(0),
    ...options,
    onEvidence: (seen) => {
      evidence = seen;
    },
  });
  if (!evidence) throw new Error('evidence is handed out');
  return { report, evidence };
}

const leftOut = ({ probes }: Evidence): string[] =>
  Object.keys(probes).filter((id) => JSON.stringify(probes[id]) === JSON.stringify(DECIDED));

describe('an audit of an endpoint', () => {
  it('stops by itself when a student is found out, and its evidence scores to the same report', async () => {
    const server = await served('quill/student-1a');
    const { report, evidence } = await audited(`${server.url}`);
    expect(report.verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled' });
    expect(leftOut(evidence)).toEqual(
      expect.arrayContaining(['greedy-replies', 'sampled-replies', 'cut-replies']),
    );
    const saved = JSON.parse(canonicalJson(evidence)) as Evidence;
    expect(canonicalJson(score(saved, { profile }))).toBe(canonicalJson(report));
    const complete = await audited(`${server.url}`, { stop: 'complete' });
    expect(complete.report.verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled' });
    expect(leftOut(complete.evidence)).toEqual([]);
  });

  it('upholds the genuine model only after both of its addresses were asked', async () => {
    const server = await served('quill/full-1');
    const { report, evidence } = await audited(`${server.url}`);
    expect(report.verdict.outcome).toBe('upheld');
    expect(evidence.probes['token-distributions']?.status).toBe('ok');
    expect(evidence.probes['greedy-replies']?.status).toBe('ok');
    expect(leftOut(evidence)).toContain('sampled-replies');
  });

  it('does not uphold a student behind the chat of a server whose completions are genuine', async () => {
    const [genuine, student] = [await served('quill/full-1'), await served('quill/student-1a')];
    const address = await routed(genuine, student);
    const only = ['token-distributions', 'greedy-replies', 'sampled-replies'];
    const alone = await audited(address, { only: ['token-distributions'] });
    expect(alone.report.verdict.outcome).toBe('upheld');
    const { report, evidence } = await audited(address, { only });
    expect(evidence.probes['greedy-replies']?.status).toBe('ok');
    const complete = await audited(address, { only, stop: 'complete' });
    expect(report.verdict.outcome).toBe(complete.report.verdict.outcome);
    expect(report.verdict.outcome).not.toBe('upheld');
  });
});
