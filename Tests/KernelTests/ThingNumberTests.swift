import Testing

@testable import Kernel

@Suite struct ThingNumberTests {
  @Test(
    arguments: [
      ("ACME-INC-000011", "ACME", "inc", 11), ("acme-inc-11", "ACME", "inc", 11), (" A1-Req-000001 ", "A1", "req", 1),
      ("MSP-PRB-1234567", "MSP", "prb", 1_234_567), ("msp-maj-000001", "MSP", "mji", 1),
    ] as [(String, String, String, Int64)])
  func aNumberIsReadAsPeopleTypeIt(text: String, code: String, kind: String, number: Int64) throws {
    let read = try #require(ThingNumber(text))
    #expect(read.code == code && read.kind == kind && read.number == number)
  }

  @Test func anArticleHasNoCode() throws {
    let read = try #require(ThingNumber("kb-000001"))
    #expect(read.code == nil && read.kind == "art" && read.number == 1)
  }

  @Test(arguments: [
    "", "-", "--", "ACME", "ACME-INC", "ACME-INC-", "ACME-INC-1x", "ACME-INC-+1", "ACME--1", "A-INC-1", "1CME-INC-1", "ACME-INC-1-2", "ACME-I-1",
    "ACME-INC-9999999999999999999", "XX-1", "ÄCME-INC-1", "ACME-ИНЦ-1", "ACME-INC-١", "KB-", "MSP-MJI-1", "MSP-ART-1", "inc_0000000000000000000000000x",
  ]) func whatIsNoneIsNone(text: String) {
    #expect(ThingNumber(text) == nil)
  }

  @Test func codes() {
    #expect(TenantCode.read("acme") == "ACME" && TenantCode.read("A1") == "A1")
    for text in ["", "A", "1A", "A-B", "ABCDEFGHIJKLMNOPQ", "ÄB", "A B"] { #expect(TenantCode.read(text) == nil, "\(text)") }
  }

  @Test(
    arguments: [("zh-CN", .chinese), ("ZH-hans", .chinese), ("zh", .chinese), ("en", .english), ("EN-gb", .english)] as [(String, Language)])
  func aLanguageHasSeveralTags(tag: String, language: Language) {
    #expect(Language(tag: tag) == language)
  }

  @Test(arguments: ["", "*", "zh-TW", "zh-Hant", "de", "english"]) func whatWeDoNotSpeakIsNone(tag: String) {
    #expect(Language(tag: tag) == nil)
  }
}
