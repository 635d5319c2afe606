// The words that key holders read aloud, one for every byte (§6.3); those of words.json,
// which a page that runs from a file cannot fetch.

/** @type {readonly string[]} 256 words; the byte b stands for word b */
export const WORDS = Object.freeze([
  "adresse", "ananas", "ansikt", "apotek", "appelsin", "april", "arkiv", "asfalt",
  "atlas", "august", "avis", "bagasje", "bakeri", "ballong", "batteri", "bensin",
  "bestikk", "bilde", "bjelle", "bjørk", "blomst", "blyant", "bokstav", "brann", "brev",
  "briller", "brosje", "brygge", "bukse", "butikk", "bølge", "børste", "dadel",
  "dagbok", "dans", "delfin", "diamant", "dikt", "drage", "dronning", "dusj", "dyne",
  "eddik", "ekorn", "elefant", "eple", "esel", "eventyr", "fabrikk", "familie", "ferge",
  "fiolin", "fisk", "fjær", "flagg", "flaske", "fløyte", "fotball", "frakk", "frokost",
  "fugl", "furu", "fyrtårn", "garasje", "gardin", "genser", "gips", "giraff", "gitar",
  "gjedde", "glass", "globus", "gnist", "granitt", "grind", "grøt", "gulrot", "gummi",
  "gåte", "hammer", "hanske", "harpe", "havn", "hjelm", "hjerte", "honning", "hotell",
  "hvete", "hylle", "innsjø", "insekt", "isbjørn", "iskrem", "jakke", "januar", "jeger",
  "jordbær", "jubel", "jungel", "kabel", "kaffe", "kaktus", "kalender", "kamera",
  "kanin", "kaptein", "karamell", "kirke", "kiwi", "kjeks", "kjole", "klokke", "knapp",
  "kniv", "kokos", "komet", "kompass", "kontor", "krone", "krykke", "kurv", "kvist",
  "kylling", "lakris", "lampe", "lastebil", "lilje", "limonade", "linjal", "lomme",
  "lykt", "løve", "magnet", "maling", "mandel", "maske", "matros", "maur", "melk",
  "middag", "minne", "mose", "motor", "mugge", "museum", "mynt", "måltid", "nabo",
  "november", "nuddel", "nylon", "nål", "nøkkel", "oktober", "oliven", "onkel", "orgel",
  "orkester", "ost", "ovn", "palme", "panda", "papir", "paraply", "pasta", "pensel",
  "pepper", "perle", "pingvin", "pizza", "plakat", "poeng", "potet", "prest", "propell",
  "pudding", "pyjamas", "påske", "rabarbra", "radio", "rakett", "regn", "ribbe", "ring",
  "robåt", "rosin", "rubin", "rugbrød", "rådyr", "safran", "salat", "sandal", "sebra",
  "sekk", "sement", "sennep", "sirkus", "sitron", "skinke", "skog", "skrue", "skygge",
  "slede", "slips", "slott", "smør", "snegl", "sofa", "sommer", "spade", "spiker",
  "spurv", "stein", "stjerne", "strand", "støvel", "suppe", "svamp", "svane", "sverd",
  "sykkel", "såpe", "søyle", "tavle", "taxi", "teater", "telefon", "teppe", "tiger",
  "timian", "tomat", "torsk", "traktor", "trapp", "tromme", "trøye", "tulipan",
  "tunnel", "turist", "tyggis", "tårn", "ukulele", "urskog", "veske", "vifte", "villa",
  "vindu", "vinter", "vogn", "vulkan", "yoghurt", "åker", "årstid", "ærfugl", "øks",
  "ørken",
]);

/** @param {Uint8Array} bytes @returns {string[]} a word for each byte */
export function wordsFor(bytes) {
  return Array.from(bytes, (byte) => WORDS[byte]);
}
