import type { ChatCapability, CompletionsCapability, ServiceCapability } from '../../core/types.js';
import { type Asker, ask, type CheckSignature } from './ask.js';
import { chatBody, completionBody } from './body.js';
import { openDialect } from './dialect.js';
import { describeService, refusalOf } from './service.js';
import { EndpointSession, type SessionSettings } from './session.js';

export interface ClientSettings extends SessionSettings {
  readonly model: string;
  readonly checkSignature?: CheckSignature | undefined;
}

export interface EndpointClient {
  /** Address without path, query and credentials. */
  readonly origin: string;
  readonly host: string;
  readonly chat: ChatCapability;
  readonly completions: CompletionsCapability;
  readonly service: ServiceCapability;
  close(): void;
}

/** A client of one OpenAI-compatible endpoint. Throws ENDPOINT_ADDRESS for an address that is none. */
export function openClient(settings: ClientSettings): EndpointClient {
  const session = new EndpointSession(settings);
  const { model } = settings;
  const dialect = openDialect();
  const asker: Asker = { session, dialect, checkSignature: settings.checkSignature };
  const top = (value: number | undefined) => (value === undefined ? {} : { topLogProbs: value });
  return {
    origin: session.base.origin,
    host: session.base.host,
    chat: {
      origin: session.base.origin,
      reply: (request, onDelta) => {
        const body = (): string => chatBody(request, model, dialect);
        return ask({ path: 'chat/completions', model, body, onDelta, ...top(request.topLogProbs) }, asker);
      },
    },
    completions: {
      complete: (request, onDelta) => {
        const body = (): string => completionBody(request, model, dialect);
        return ask({ path: 'completions', model, body, onDelta, ...top(request.topLogProbs) }, asker);
      },
    },
    service: {
      describe: () => describeService(session, model),
      refusal: (request) => refusalOf(session, request, model, dialect),
    },
    close: () => session.close(),
  };
}
