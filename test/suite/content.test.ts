import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const tiers = ['quick', 'standard', 'deep'] as const;
type Tier = (typeof tiers)[number];

interface Prompt {
  readonly id: string;
  readonly category: string;
  readonly language: string;
  readonly tier: Tier;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}
interface Text {
  readonly id: string;
  readonly language: string;
  readonly tier: Tier;
  readonly text: string;
}
interface SuiteFile {
  readonly schema: string;
  readonly id: string;
  readonly version: number;
  readonly budgets: Readonly<Record<Tier, Readonly<Record<string, number>>>>;
  readonly prompts: readonly Prompt[];
  readonly texts: readonly Text[];
}

const source = readFileSync(new URL('../../suites/prompts.yaml', import.meta.url), 'utf8');
const suite: SuiteFile = parse(source);
const categories = ['chat', 'code', 'long-context', 'multilingual', 'reasoning', 'repetition'];
const budgetNames = ['latencyRuns', 'latencyTokens', 'newTokens', 'promptTokens', 'textTokens'];

/** Entries of a tier and of every tier below it. */
function within<T extends { readonly tier: Tier }>(entries: readonly T[], tier: Tier): readonly T[] {
  return entries.filter((entry) => tiers.indexOf(entry.tier) <= tiers.indexOf(tier));
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
const words = (text: string): number => text.split(/\s+/).length;
const hanCharacters = (text: string): number => (text.match(/\p{Script=Han}/gu) ?? []).length;
const contents = [
  ...suite.prompts.flatMap((prompt) => prompt.messages.map(({ content }) => ({ id: prompt.id, content }))),
  ...suite.texts.map(({ id, text }) => ({ id, content: text })),
];

describe('the built-in suite', () => {
  it('says what it is', () => {
    expect(Object.keys(suite)).toEqual(['schema', 'id', 'version', 'budgets', 'prompts', 'texts']);
    expect(suite).toMatchObject({ schema: 'suite/1', id: 'assay-prompts' });
    expect(suite.version).toSatisfy((version: number) => Number.isInteger(version) && version >= 1);
  });

  it('gives every tier whole budgets, none smaller than in the tier below', () => {
    expect(Object.keys(suite.budgets)).toEqual(tiers);
    tiers.forEach((tier, index) => {
      expect(Object.keys(suite.budgets[tier]).sort()).toEqual(budgetNames);
      for (const [name, value] of Object.entries(suite.budgets[tier])) {
        expect(value).toSatisfy((budget: number) => Number.isInteger(budget) && budget > 0);
        const below = suite.budgets[tiers[index - 1] ?? tier][name];
        expect(value).toBeGreaterThanOrEqual(below ?? Number.POSITIVE_INFINITY);
      }
    });
  });

  it('never uses an id or a wording twice', () => {
    const ids = [...suite.prompts, ...suite.texts].map((entry) => entry.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(new Set(contents.map(({ content }) => content)).size).toBe(contents.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('spells out the tier, category and language of every entry', () => {
    for (const entry of [...suite.prompts, ...suite.texts]) expect(tiers).toContain(entry.tier);
    for (const prompt of suite.prompts) {
      expect(Object.keys(prompt)).toEqual(['id', 'category', 'language', 'tier', 'messages']);
      expect(categories).toContain(prompt.category);
      expect(['en', 'zh']).toContain(prompt.language);
    }
    for (const text of suite.texts) {
      expect(Object.keys(text)).toEqual(['id', 'language', 'tier', 'text']);
      expect(['en', 'zh', 'code']).toContain(text.language);
    }
  });

  it.each([
    ['quick', 8, 8],
    ['standard', 24, 16],
    ['deep', 64, 32],
  ] as const)('%s has %i prompts and %i texts of every kind', (tier, promptCount, textCount) => {
    const prompts = within(suite.prompts, tier);
    const texts = within(suite.texts, tier);
    expect(prompts).toHaveLength(promptCount);
    expect(texts).toHaveLength(textCount);
    expect(distinct(prompts.map((prompt) => prompt.category))).toEqual(categories);
    expect(distinct(prompts.map((prompt) => prompt.language))).toEqual(['en', 'zh']);
    expect(distinct(texts.map((text) => text.language))).toEqual(['code', 'en', 'zh']);
  });

  it('is listed tier by tier', () => {
    for (const entries of [suite.prompts, suite.texts]) {
      const order = entries.map((entry) => tiers.indexOf(entry.tier));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  it('alternates user and assistant, and ends with the user', () => {
    for (const { id, messages } of suite.prompts) {
      expect(messages.length % 2, id).toBe(1);
      messages.forEach(({ role }, index) => {
        expect(role, id).toBe(index % 2 === 0 ? 'user' : 'assistant');
      });
    }
  });

  it('writes each language in its script', () => {
    for (const { id, language, messages } of suite.prompts) {
      const text = messages.map(({ content }) => content).join('');
      if (language === 'zh') expect(hanCharacters(text), id).toBeGreaterThan(20);
      else expect(hanCharacters(text), id).toBe(0);
    }
    for (const { id, language, text } of suite.texts) {
      if (language !== 'zh') expect(hanCharacters(text), id).toBe(0);
    }
  });

  it('asks about a long context: 250 words, or 400 Chinese characters', () => {
    for (const { id, category, language, messages } of suite.prompts) {
      if (category !== 'long-context') continue;
      const text = messages.map(({ content }) => content).join('\n');
      if (language === 'zh') expect(hanCharacters(text), id).toBeGreaterThanOrEqual(400);
      else expect(words(text), id).toBeGreaterThanOrEqual(250);
    }
  });

  it('scores texts of at least 60 words, or 150 Chinese characters', () => {
    for (const { id, language, text } of suite.texts) {
      if (language === 'zh') expect(hanCharacters(text), id).toBeGreaterThanOrEqual(150);
      else expect(words(text), id).toBeGreaterThanOrEqual(60);
    }
  });

  it('holds plain text: no tabs, no control or invisible characters, no stray spaces', () => {
    for (const { id, content } of contents) {
      expect(content, id).not.toMatch(/[^\P{C}\n]/u);
      expect(content, id).not.toMatch(/[ \t]$/m);
      expect(content, id).toBe(content.trim());
      expect(content, id).toBe(content.normalize('NFC'));
    }
  });
});
