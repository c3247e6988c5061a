import { seededRandom } from './deterministic.js';
import type { Behaviour, Endpoint, ModelServer, RecordedRequest } from './types.js';

type Always = Behaviour | ((request: RecordedRequest) => Behaviour | undefined);

/** Decides what happens to each request: first the script, then `always`, then the seeded faults, else `ok`. */
export class BehaviourPlan {
  private readonly queues = new Map<Endpoint, Behaviour[]>();
  private readonly standing = new Map<Endpoint, Always>();
  private faultRules: Parameters<ModelServer['faults']>[0][] = [];
  private random: () => number;

  constructor(private readonly seed: number) {
    this.random = seededRandom(seed);
  }

  script(endpoint: Endpoint, behaviours: Behaviour[]): void {
    this.queues.set(endpoint, [...(this.queues.get(endpoint) ?? []), ...behaviours]);
  }

  always(endpoint: Endpoint, behaviour: Always): void {
    this.standing.set(endpoint, behaviour);
  }

  faults(rule: Parameters<ModelServer['faults']>[0]): void {
    this.faultRules = this.faultRules.filter(({ endpoint }) => endpoint !== rule.endpoint);
    if (rule.probability > 0 && rule.behaviours.length > 0) this.faultRules.push(rule);
  }

  reset(): void {
    this.queues.clear();
    this.standing.clear();
    this.faultRules = [];
    this.random = seededRandom(this.seed);
  }

  next(endpoint: Endpoint, request: RecordedRequest): Behaviour {
    const scripted = this.queues.get(endpoint)?.shift();
    if (scripted) return scripted;
    const standing = this.standing.get(endpoint);
    const chosen = typeof standing === 'function' ? standing(request) : standing;
    if (chosen) return chosen;
    for (const rule of this.faultRules) {
      if (rule.endpoint !== undefined && rule.endpoint !== endpoint) continue;
      if (this.random() < rule.probability) {
        return rule.behaviours[Math.floor(this.random() * rule.behaviours.length)]!;
      }
    }
    return { kind: 'ok' };
  }
}
