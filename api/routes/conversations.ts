import { z } from 'zod';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { getConversation, listConversations } from '../../db/statements/conversations.js';
import { listTurns } from '../../db/statements/questions.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { conversationListSchema, conversationWithTurnsSchema } from '../schemas/question.js';
import { idParams } from '../schemas/text.js';

const tag = 'Questions';
const DEFAULT_LIST = 50;
/** Questions of a conversation that are shown; the newest. */
const SHOWN_TURNS = 200;

/** Questions that build on each other. */
export function addConversationRoutes(routes: Routes, { db }: ApiContext): void {
  routes.route(
    {
      method: 'get',
      path: '/v1/conversations',
      operationId: 'listConversations',
      tag,
      summary: 'List conversations, the one spoken in last first',
      description: 'Every question that follows no other begins one.',
      scope: 'questions:ask',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(DEFAULT_LIST) }),
      replies: { 200: { description: 'The newest conversations.', schema: conversationListSchema } },
    },
    async ({ caller, query }) => ({
      status: 200,
      body: {
        conversations: await db.withTenant(caller.tenantId, async (tx) => listConversations(tx, query.limit)),
      },
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/conversations/{id}',
      operationId: 'readConversation',
      tag,
      summary: 'Read a conversation with its questions, oldest first',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'The conversation.', schema: conversationWithTurnsSchema } },
    },
    async ({ caller, params }) => ({
      status: 200,
      body: await db.withTenant(caller.tenantId, async (tx) => {
        const conversation = await getConversation(tx, params.id);
        if (!conversation) throw new QuaestorError('not_found', 'There is no conversation with this id.');
        return { ...conversation, turns: await listTurns(tx, params.id, SHOWN_TURNS) };
      }),
    }),
  );
}
