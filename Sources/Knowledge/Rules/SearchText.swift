import Foundation
import Kernel
import Postgres

/// What a text is found by: its words, which the database stems as English, and of Chinese, Japanese and Korean, which put no
/// spaces between words, every pair of neighbouring characters and every character. Every text that can be searched goes through
/// here, and so does what is searched for (``SearchQuery``).
package struct SearchText: Hashable, Sendable {
  /// Where a text stands, the most important first: A to D of PostgreSQL.
  package enum Weight: Int, Sendable, CaseIterable {
    case title, body
    /// Said where the customer's people read it.
    case open
    /// Said among the provider's staff: nobody else finds by it.
    case among
  }

  /// More than this of one text finds nothing: a vector of PostgreSQL holds a megabyte.
  package static let mostBytes = 200_000

  private var words: [[String]] = Weight.allCases.map { _ in [] }
  private var grams: [[String]] = Weight.allCases.map { _ in [] }
  private var seen: [Set<String>] = Weight.allCases.map { _ in [] }
  /// The bytes of what is in it.
  package private(set) var size = 0

  package init() {}

  package mutating func add(_ text: String, as weight: Weight) {
    for token in SearchToken.tokens(of: text) {
      switch token {
      case .word(let word): if isNew(word, weight) { words[weight.rawValue].append(word) }
      case .stretch(let characters):
        for gram in SearchToken.pairs(of: characters) + characters.map(String.init) where isNew(gram, weight) { grams[weight.rawValue].append(gram) }
      }
    }
  }

  /// Notes a lexeme, unless it is there or there is no room.
  private mutating func isNew(_ lexeme: String, _ weight: Weight) -> Bool {
    guard size < Self.mostBytes, seen[weight.rawValue].insert(lexeme).inserted else { return false }
    size += lexeme.utf8.count
    return true
  }

  /// For `knowledge.search_vector`: the words of each weight.
  package var wordTexts: [String] { words.map { $0.joined(separator: " ") } }
  /// And the pairs and characters, as vectors. They are letters only, so nothing in them needs an escape.
  package var gramTexts: [String] { grams.map { $0.map { "'\($0)':1" }.joined(separator: " ") } }
}

extension Parameters {
  /// $n the words, $n+1 the pairs and characters of `knowledge.search_vector($n, $n+1)`.
  package mutating func append(_ text: SearchText) {
    append(text.wordTexts)
    append(text.gramTexts)
  }
}

/// What somebody searches for: all of it must be there.
package struct SearchQuery: Hashable, Sendable {
  /// For `knowledge.search_query`.
  package let words: String
  package let grams: String

  package init(_ text: String) {
    var words: [String] = []
    var grams: [String] = []
    for token in SearchToken.tokens(of: text) {
      switch token {
      case .word(let word): words.append(word)
      // Each character of several is in a pair; one that stands alone is looked up as itself. Never by a prefix: that would collect
      // all that begins with it, of all customers.
      case .stretch(let characters): grams += characters.count == 1 ? characters.map(String.init) : SearchToken.pairs(of: characters)
      }
    }
    self.words = words.joined(separator: " ")
    self.grams = Set(grams).sorted().map { "'\($0)'" }.joined(separator: " & ")
  }

  package var isEmpty: Bool { words.isEmpty && grams.isEmpty }
}

extension Parameters {
  /// $n the words, $n+1 the pairs of `knowledge.search_query($n, $n+1, ...)`.
  package mutating func append(_ query: SearchQuery) {
    append(query.words)
    append(query.grams)
  }
}

/// A part of a text by which it is found.
enum SearchToken: Hashable, Sendable {
  /// Letters and digits of a script that writes words apart.
  case word(String)
  /// Neighbouring characters of one that does not.
  case stretch([Unicode.Scalar])

  static func pairs(of characters: [Unicode.Scalar]) -> [String] {
    zip(characters, characters.dropFirst()).map { String($0) + String($1) }
  }

  /// A longer word is no word: a key, or bytes in letters.
  static let longestWordBytes = 64

  /// In their order. Capitals, width (ＶＰＮ) and the form of composed characters make no difference.
  static func tokens(of text: String) -> [SearchToken] {
    var tokens: [SearchToken] = []
    var word = ""
    var stretch: [Unicode.Scalar] = []
    func endWord() {
      if !word.isEmpty, word.utf8.count <= longestWordBytes { tokens.append(.word(word)) }
      word = ""
    }
    func endStretch() {
      if !stretch.isEmpty { tokens.append(.stretch(stretch)) }
      stretch = []
    }
    for scalar in text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping.unicodeScalars {
      if isUnspaced(scalar) {
        endWord()
        stretch.append(scalar)
      } else if isWord(scalar) {
        endStretch()
        word.unicodeScalars.append(scalar)
      } else {
        endWord()
        endStretch()
      }
    }
    endWord()
    endStretch()
    return tokens
  }

  /// Han, kana and Hangul.
  private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x20000...0x3347f: true
    case 0x3041...0x3096, 0x30a1...0x30fa, 0x30fc: true
    case 0xac00...0xd7a3: true
    default: false
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }
}
