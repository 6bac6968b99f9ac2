import Foundation
import Kernel
import TestSupport
import Testing

@testable import Knowledge

/// What is found by what, without a database.
@Suite struct SearchTextTests {
  private static func tokens(_ text: String) -> [String] {
    SearchToken.tokens(of: text).map { token in
      switch token {
      case .word(let word): word
      case .stretch(let characters): String(String.UnicodeScalarView(characters)) + "."
      }
    }
  }

  @Test(
    arguments: [
      ("VPN drops, again!", ["vpn", "drops", "again"]),
      ("网络故障", ["网络故障."]),
      ("VPN掉线 on PC-07", ["vpn", "掉线.", "on", "pc", "07"]),
      ("ＶＰＮ　断", ["vpn", "断."]),
      ("Größe café", ["größe", "café"]),
      ("ネットワーク障害", ["ネットワーク障害."]),
      ("네트워크", ["네트워크."]),
      ("", []), ("、。！?-", []), ("10.0.0.1", ["10", "0", "0", "1"]),
      ("\u{1F600}mail\u{0}er", ["mail", "er"]),
      ("e\u{301}te\u{301}", ["été"]),
    ] as [(String, [String])])
  func aTextFallsIntoTokens(text: String, tokens: [String]) {
    #expect(Self.tokens(text) == tokens)
  }

  @Test func aWordThatIsTooLongIsNone() {
    #expect(Self.tokens(String(repeating: "a", count: 64)).count == 1)
    #expect(Self.tokens(String(repeating: "a", count: 65) + " b") == ["b"])
  }

  /// Whatever a text is, its tokens are letters and digits in bounds, and no stretch of it that is searched for by itself is missed.
  @Test func everyPartOfATextIsFoundInIt() {
    var random = SplitMix64(seed: 30)
    let alphabet = Array("网络故障打印机VPN mail卡纸 \t.,-'\\:*&|!()<>\u{0}éßЖ07ーネ").map(String.init)
    for _ in 0..<2000 {
      let length = Int.random(in: 0...30, using: &random)
      let text = (0..<length).compactMap { _ in alphabet.randomElement(using: &random) }.joined()
      var search = SearchText()
      search.add(text, as: .title)
      let words = Set(search.wordTexts[0].split(separator: " ").map(String.init))
      let grams = Set(search.gramTexts[0].split(separator: " ").map { String($0.dropFirst().dropLast(3)) })
      #expect((words.union(grams)).allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil } })
      // A part of it, cut where words are apart.
      let runs = SearchToken.tokens(of: text).compactMap { if case .word(let word) = $0 { word } else { nil } }
      #expect(Set(runs) == words)
      let unspaced = text.split { character in character.unicodeScalars.contains { !"网络故障打印机卡纸ーネ".unicodeScalars.contains($0) } }
      for stretch in unspaced {
        let from = stretch.indices.randomElement(using: &random) ?? stretch.startIndex
        let to = stretch.indices[from...].randomElement(using: &random) ?? from
        let query = SearchQuery(String(stretch[from...to]))
        #expect(!query.isEmpty && query.words.isEmpty)
        for part in query.grams.components(separatedBy: " & ") {
          #expect(grams.contains(String(part.dropFirst().dropLast())), "\(text): \(stretch[from...to])")
        }
      }
    }
  }

  @Test func everyCharacterIsALexemeOfItsOwn() {
    var search = SearchText()
    search.add("网络 网", as: .title)
    #expect(search.gramTexts[0] == "'网络':1 '网':1 '络':1")
    #expect(search.size == 12)
  }

  /// A vector of PostgreSQL is bounded, so a text's share of it is.
  @Test func aTextIsBounded() {
    var search = SearchText()
    for number in 0..<100_000 { search.add("word\(number)", as: .body) }
    #expect(search.size >= SearchText.mostBytes && search.size <= SearchText.mostBytes + SearchToken.longestWordBytes)
    let before = search
    search.add("word1 more", as: .body)
    #expect(search == before)
  }

  @Test func whatIsSearchedForIsNoQueryLanguage() {
    #expect(SearchQuery("a' | b:* & !c <-> d").words == "a b c d")
    #expect(SearchQuery("网络故障").grams == "'故障' & '络故' & '网络'")
    // A lone character is looked up as itself: a prefix would read the index of all customers.
    #expect(SearchQuery("障").grams == "'障'")
    #expect(SearchQuery("故障 障 的 的").grams == "'故障' & '的' & '障'")
    #expect(SearchQuery("!?").isEmpty)
  }
}
