import { type Rng, shuffled } from '../../core/rng.js';

/** What a cut reply is asked for. All wording is the project's; what varies comes from the audit's seed. */
export interface CutTask {
  readonly id: string;
  readonly prompt: string;
}

const HAN = [
  ...['竹林', '码头', '账簿', '云杉', '蚕丝', '渡口', '雨棚', '瓦当', '铜锣', '麦芽', '驿站', '珊瑚', '砚台'],
  ...['纺锤', '萤火', '石榴', '罗盘', '檐角', '豆豉', '蓑衣', '窑洞', '琥珀', '棉絮', '榫卯', '鱼鳞', '陶罐'],
];
const DEVANAGARI = [
  ...['पानी', 'किताब', 'सड़क', 'रोशनी', 'मेहनत', 'खिड़की', 'नदी', 'बादल', 'कहानी', 'दरवाज़ा', 'पत्थर', 'संगीत'],
  ...['चिड़िया', 'बाज़ार', 'त्योहार', 'अख़बार', 'यात्रा', 'पुस्तकालय', 'विज्ञान', 'स्वतंत्रता', 'ज़िम्मेदारी'],
];
const SYLLABLES = [
  'ka',
  'ru',
  'mon',
  'tel',
  'vi',
  'shor',
  'ba',
  'lin',
  'que',
  'dro',
  'fex',
  'ny',
  'zu',
  'pal',
];
const PEOPLE = ['修表匠', '船工', '采茶女', '邮差', '木偶师', '守林人', '染布工', '气象员'];
const PLACES = [
  '雪山脚下的小镇',
  '江南的水乡',
  '沙漠边的绿洲',
  '海岛上的渔村',
  '旧铁路旁的车站',
  '高原的牧场',
];
const THINGS = ['一封没有署名的信', '一口停摆的大钟', '一只受伤的白鹤', '一张残缺的地图', '一坛埋了多年的酒'];
const CRAFTS = ['造纸', '酿醋', '烧制青瓷', '晒盐', '养蜂', '制作油纸伞', '锻造菜刀', '编织竹篮'];

const pick = <T>(items: readonly T[], rng: Rng): T => items[Math.floor(rng() * items.length)] as T;
const some = (items: readonly string[], count: number, rng: Rng): string[] =>
  shuffled(items, rng).slice(0, count);
/** A run of digits that does not start with 0. */
const digits = (count: number, rng: Rng): string =>
  Array.from({ length: count }, (_, i) =>
    i === 0 ? 1 + Math.floor(rng() * 9) : Math.floor(rng() * 10),
  ).join('');
const identifier = (rng: Rng): string => `${some(SYLLABLES, 3, rng).join('')}_${digits(4, rng)}`;

/** A line of words, and the line with three of its characters changed. */
function twoLines(rng: Rng): string {
  const line = [...some(HAN, 14, rng).join('')];
  const places = shuffled([...line.keys()], rng).slice(0, 3);
  const changed = line.map((character, i) => (places.includes(i) ? pick(HAN, rng).charAt(1) : character));
  return `${line.join('')}\n${changed.join('')}`;
}

/**
 * Requests whose answers, and the reasoning before them, run longer than any cap asked here and are dense in tokens:
 * instructions are Chinese because models reason in the language they are asked in, and tokenizers differ most
 * there, in digits and in other scripts. Who reasons in English all the same quotes what it is to compare or copy.
 */
const TASKS: Readonly<Record<string, (rng: Rng) => string>> = {
  story: (rng) =>
    `请用中文写一篇很长的故事：${pick(PLACES, rng)}，一位${pick(PEOPLE, rng)}发现了${pick(THINGS, rng)}。不要列提纲。`,
  product: (rng) =>
    `请列竖式计算 ${digits(11, rng)} × ${digits(9, rng)}，写出每一步的完整中间结果，用中文思考和说明。`,
  copy: (rng) =>
    `把下面这一行原样抄写三十遍，不要解释：\n${some(HAN, 6, rng).join('')}${digits(9, rng)}${some(DEVANAGARI, 4, rng).join(' ')}${some(HAN, 4, rng).join('')}`,
  craft: (rng) => {
    const [craft, other] = some(CRAFTS, 2, rng);
    return `请用中文详细说明${craft}的全部工序、工具和常见失误，并与${other}比较，尽量写长。`;
  },
  compare: (rng) => `逐字对照下面两行，从头到尾说明每个位置的字是否相同：\n${twoLines(rng)}`,
  ledger: (rng) =>
    `请编写五十行库存记录，从编号 ${digits(10, rng)} 开始，每行含十位编号、中文品名（如${pick(HAN, rng)}）、单价、数量和备注。请用中文思考。`,
  mixed: (rng) =>
    `请把下面的词逐个解释，先中文后印地语，每个词写一段：${some(HAN, 2, rng).join('、')}、${some(DEVANAGARI, 2, rng).join('、')}、${identifier(rng)}`,
};

/** Tasks in the order of their list, as many as asked for, beginning again with fresh words where it ends. */
export function cutTasks(count: number, rng: Rng): CutTask[] {
  const kinds = Object.entries(TASKS);
  return Array.from({ length: count }, (_, i) => {
    const [id, write] = kinds[i % kinds.length] as (typeof kinds)[number];
    return { id: i < kinds.length ? id : `${id}-${1 + Math.floor(i / kinds.length)}`, prompt: write(rng) };
  });
}
