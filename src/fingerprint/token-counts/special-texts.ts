import type { TokenStack } from '../../core/types.js';

/** A message with special tokens of one family, and the same message without their markup. */
export interface SpecialText {
  readonly text: string;
  /** Tokens under each stack where markup is text, and where it is a token. */
  readonly plain: Readonly<Record<string, number>>;
  readonly special: Readonly<Record<string, number>>;
}

/** Tokens of one vocabulary alone that steer no conversation: they end no turn and open no role. */
const FAMILIES = [
  '<｜fim▁hole｜> <｜tool▁sep｜> <｜tool▁output▁end｜>',
  '<|fim_pad|> <|repo_name|> <|quad_start|>',
  '<|finetune_right_pad_id|> <|reserved_special_token_1|> <|reserved_special_token_2|>',
] as const;

export function specialTexts(stacks: readonly TokenStack[]): readonly SpecialText[] {
  return ['a b c', ...FAMILIES].map((markup) => {
    const text = `Repeat: ${markup} end.`;
    return {
      text,
      plain: Object.fromEntries(stacks.map((stack) => [stack.id, stack.count(text)])),
      special: Object.fromEntries(stacks.map((stack) => [stack.id, stack.countSpecial(text)])),
    };
  });
}
