import { dirname } from 'node:path';
import { AssayError, concealFolders, errorRecord } from '../../core/errors.js';
import { AttentionModel } from './attention.js';
import { freeTensors } from './garbage.js';
import { generate, type Watch } from './generate.js';
import { teacherForce } from './log-probs.js';
import type {
  ChildMessage,
  OperationName,
  ParentMessage,
  RuntimeConfig,
  RuntimeOperations,
} from './protocol.js';
import { checkedReply } from './reply.js';
import { type ModelSession, openSession } from './session.js';
import { renderTemplate } from './template.js';
import { tokenOutbox } from './token-outbox.js';
import { loadTokenizer, type TextCodec } from './tokenizer.js';
import { startWatchdog } from './watchdog.js';

type Handlers = {
  [K in OperationName]: (
    args: RuntimeOperations[K]['args'],
    watch: Required<Watch>,
  ) => Promise<RuntimeOperations[K]['result']>;
};

function handlers(config: RuntimeConfig): Handlers {
  let session: Promise<ModelSession> | undefined;
  let tapped: AttentionModel | undefined;
  let codec: TextCodec | undefined;
  // The weights are in memory once: opening the model closes its tapped twin, and the other way round.
  const model = async (): Promise<ModelSession> => {
    await tapped?.release();
    session ??= openSession(config);
    return session;
  };
  const attention = async (): Promise<AttentionModel> => {
    tapped ??= new AttentionModel(config);
    await (await session?.catch(() => undefined))?.release();
    session = undefined;
    return tapped;
  };
  const text = (): TextCodec => {
    codec ??= loadTokenizer(config.tokenizerPath, config.tokenizerConfig);
    return codec;
  };
  return {
    describe: async () => (await model()).description,
    encode: async ({ text: value, special }) => text().encode(value, special),
    decode: async ({ ids }) => text().decode(ids),
    render: async ({ messages }) => renderTemplate(config.template ?? '', messages, config.templateVariables),
    logProbs: async ({ sequences, sample, batch = 1, top = 0 }) =>
      teacherForce(await model(), sequences, sample, { batch, top }),
    attention: async ({ ids }) => (await attention()).measure(ids),
    generate: async ({ ids, options, stream }, { onToken, cancelled }) =>
      generate(await model(), ids, options, { cancelled, onToken: stream ? onToken : undefined }),
    forward: async ({ ids, outputs }) => {
      const opened = outputs === 'attention' ? await attention() : await model();
      const started = performance.now();
      if (opened instanceof AttentionModel) await opened.measure(ids);
      else await opened.forward([ids], { fetch: [opened.logitsName] });
      return { ms: performance.now() - started };
    },
  };
}

function main(): void {
  const watchdog = startWatchdog(Number(process.argv[2]));
  const send = (message: ChildMessage): void => {
    process.send?.(message);
  };
  let operations: Handlers | undefined;
  let cancelledId: number | undefined;
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'configure') {
      operations = handlers(message.config);
      concealFolders(foldersOf(message.config));
      send({ type: 'ready' });
      return;
    }
    if (message.type === 'cancel') {
      cancelledId = message.id;
      return;
    }
    watchdog.setLimit(message.memoryLimit);
    const { id } = message;
    const handler = operations?.[message.operation] as
      | ((args: unknown, watch: Required<Watch>) => Promise<unknown>)
      | undefined;
    const outbox = tokenOutbox((tokens) => send({ type: 'tokens', id, tokens }));
    const watch = { onToken: outbox.add, cancelled: () => cancelledId === id };
    const work = handler
      ? handler(message.args, watch).then(checkedReply)
      : Promise.reject(new AssayError('INTERNAL', `The runtime has no operation ${message.operation}.`));
    work
      .finally(outbox.flush)
      .then(
        (value) => send({ type: 'result', id, value }),
        (error: unknown) => send({ type: 'error', id, error: errorRecord(error) }),
      )
      .finally(freeTensors);
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole process group; the parent decides what becomes of this process.
  process.on('SIGINT', () => undefined);
}

function foldersOf({ model, tokenizerPath }: RuntimeConfig): string[] {
  const folder = model?.kind === 'graph' ? model.folder : model && dirname(model.path);
  return [folder, tokenizerPath && dirname(tokenizerPath)].filter(
    (path): path is string => path !== null && path !== '.',
  );
}

main();
