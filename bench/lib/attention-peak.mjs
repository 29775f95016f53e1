// Peak memory of a process that opens one model and runs it once: node attention-peak.mjs STYLE TOKENS VOCABULARY plain|tapped FOLDER
import { readFileSync } from 'node:fs';
import { styleSessions } from './attention-sessions.mjs';

const [style, tokens, vocabulary, way, folder] = process.argv.slice(2);
const sessions = await styleSessions(style, {
  tokens: Number(tokens),
  vocabulary: Number(vocabulary),
  folder,
});
const opened = await (way === 'plain' ? sessions.plain() : sessions.tapped({ keep: ['logits'] }));
await opened.run(sessions.feeds);
console.log(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024);
