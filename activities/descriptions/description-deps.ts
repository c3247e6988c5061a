import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { EventBus } from '../../platform/event-bus.js';
import type { ChatModel } from '../model/chat-provider.js';
import type { TenantStore } from '../patient-store.js';

export interface DescriptionDeps {
  db: TenantStore;
  bus: EventBus;
  /** Absent with the built-in model. */
  chat: ChatModel | undefined;
}

/** @throws QuaestorError `model_not_configured` */
export function chatOf({ chat }: Pick<DescriptionDeps, 'chat'>): ChatModel {
  if (chat) return chat;
  throw new QuaestorError(
    'model_not_configured',
    'This worker has the built-in model, which writes no descriptions.',
  );
}
