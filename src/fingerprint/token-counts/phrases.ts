import type { Rng } from '../../core/rng.js';

/** Everyday words of languages that public tokenizers cut very differently. */
const WORDS = {
  vietnamese:
    'buổi sáng chợ người bày rau tươi trái cây khách chọn chậm rãi cửa hàng nhỏ đường phố mùa thu gió nhẹ thổi quyển sách cũ nằm trên bàn gỗ học sinh đọc truyện bên cửa sổ thành phố yên tĩnh nước chảy dưới cầu thuyền trở về bến',
  hindi:
    'सुबह बाज़ार में ताज़ी सब्ज़ियाँ और फल रखे जाते हैं बच्चे स्कूल नदी किनारे पेड़ पुराना पुस्तकालय खिड़की शांत शहर हवा धीरे बहती किताब कहानी दोपहर चाय दुकान रास्ता पहाड़ बारिश',
  hebrew:
    'בבוקר השוק מציג ירקות טריים ופירות והלקוחות בוחרים לאט ספר ישן מונח על שולחן עץ תלמידים קוראים ליד החלון העיר שקטה הנהר זורם מתחת לגשר סירות חוזרות לחוף רוח קלה',
  chinese:
    '清晨 市场 摊主 摆出 新鲜 蔬菜 水果 顾客 慢慢 挑选 阳光 石板路 旧书 台灯 学生 安静 阅读 河水 流过 小桥 渔船 归来 秋风 山谷 枇杷 杨梅 荸荠 茼蒿 馄饨 糍粑',
  greek:
    'πρωί αγορά φρέσκα λαχανικά φρούτα πελάτες διαλέγουν βιβλίο παλιό τραπέζι παράθυρο ήσυχη πόλη ποτάμι γέφυρα βάρκες λιμάνι άνεμος φθινόπωρο',
  latin:
    'quercus foliis deciduis petiolatis glabrescentibus floribus monoecis ramulis pubescentibus squamis imbricatis cupula hemisphaerica nervis lateralibus stipulis caducis',
  english:
    'morning market fresh vegetables fruit customers slowly choosing old library window quiet river bridge autumn wind harbour students reading wooden table children walking school garden kitchen mountain weather evening station village winter summer letters',
  emoji: '🦊 🌾 🥨 🚲 🪁 🧭 🎻 🫖 🧶 🪴 🐢 🍐 🪵 🛶 🔔',
  identifiers:
    'rowTotal invoiceLine fetchOrder parseDate userIndex cacheKey mapEntry splitText retryDelay queueSize',
} as const;

export type Kind = keyof typeof WORDS | 'digits';
export const KINDS = [...Object.keys(WORDS), 'digits'] as readonly Kind[];

/** A stretch of one kind, about `length` words or groups long, drawn afresh. */
export function stretch(kind: Kind, length: number, rng: Rng): string {
  if (kind === 'digits') return digits(5 * length, rng);
  const words = WORDS[kind].split(' ');
  const drawn = Array.from({ length }, () => words[Math.floor(rng() * words.length)] as string);
  return drawn.join(kind === 'chinese' ? '' : ' ');
}

function digits(count: number, rng: Rng): string {
  return Array.from({ length: count }, () => Math.floor(10 * rng())).join('');
}
