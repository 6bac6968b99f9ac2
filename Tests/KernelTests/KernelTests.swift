import Testing

@testable import Kernel

@Suite struct PublicIdTests {
  @Test func roundTripsAndIsStrict() throws {
    let id = try #require(PublicId(kind: "inc", handle: TenantHandle(0xdead_beef), random: Array(0..<12)))
    let text = id.description
    #expect(text.count == 4 + 26)
    #expect(PublicId(text) == id)
    #expect(PublicId(text.uppercased()) == nil)
    #expect(PublicId(String(text.dropLast())) == nil)
    #expect(PublicId(text + "0") == nil)
    // The last letter carries three bits of nothing: any other letter there would be a second name for one row.
    let aliases = "0123456789abcdefghjkmnpqrstvwxyz".filter { PublicId(String(text.dropLast()) + String($0)) == id }
    #expect(aliases.count == 1)
  }
}

@Suite struct InstantTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", Int64(0)), ("2016-02-29T08:53:00Z", 1_456_735_980), ("2026-03-29T02:30:00+02:00", 1_774_744_200),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
  ])
  func reads(text: String, seconds: Int64) {
    #expect(Instant(text)?.seconds == seconds)
  }

  @Test(arguments: ["2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01", "1969-12-31T23:59:59Z", "2026-01-01T00:00:00", "x"])
  func refuses(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test func writesWhatItReads() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<10_000 {
      let instant = Instant(microseconds: Int64.random(in: 0...253_402_300_799_000_000, using: &generator))
      #expect(Instant(instant.description) == instant)
    }
  }

  @Test func datesCountDays() throws {
    // An independent oracle: count day by day with the month lengths.
    var date = CalendarDate(daysSinceEpoch: 0)
    var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
    for _ in 0..<40_000 {
      #expect(date.parts == (year, month, day))
      #expect(CalendarDate(year: year, month: month, day: day) == date)
      date = date.adding(days: 1)
      day += 1
      let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
      let length: Int64 = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
      if day > length { (day, month) = (1, month + 1) }
      if month > 12 { (month, year) = (1, year + 1) }
    }
    #expect(CalendarDate("2026-11-21")?.weekday == 6)
    #expect(CalendarMonth("2024-02")?.end.description == "2024-03-01")
  }
}

@Suite struct MoneyTests {
  let eur = Currency(code: "EUR")

  @Test func roundsHalfAwayFromZeroOnce() throws {
    let eur = try #require(eur)
    let rate = try #require(Rate("0.5"))
    #expect(try Money(minorUnits: 5, currency: eur).multiplied(by: rate).minorUnits == 3)
    #expect(try Money(minorUnits: -5, currency: eur).multiplied(by: rate).minorUnits == -3)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let eur = try #require(eur)
    let yen = try #require(Currency(code: "JPY"))
    let most = Money(minorUnits: .max, currency: eur)
    #expect(throws: Money.ArithmeticError.overflow) { try most.adding(Money(minorUnits: 1, currency: eur)) }
    #expect(throws: Money.ArithmeticError.currenciesDiffer(eur, yen)) { try most.adding(Money(minorUnits: 1, currency: yen)) }
    #expect(Money("12.345", currency: eur) == nil)
    #expect(Money("99999999999999999999", currency: eur) == nil)
    #expect(Money("1250.5", currency: eur)?.description == "1250.50 EUR")
    #expect(Money("7", currency: yen)?.description == "7 JPY")
    #expect(Money("-0.05", currency: eur)?.amount == "-0.05")
  }

  @Test func ratesAreExactAndNullWithoutData() {
    #expect(Rate(1, of: 0) == nil)
    #expect(Rate(2, of: 3)?.percent == "66.6667")
    #expect(Rate(percent: "99.9")?.percent == "99.9")
    #expect(Rate("0.95")?.description == "0.95")
  }
}

@Suite struct JSONTests {
  @Test func readsAndWrites() throws {
    let text = #"{"a":[1,-2.50,true,null],"b":"line\nquote\" 中文 \u0001","c":{}}"#
    #expect(JSON.text(try JSON.read(text)) == text)
    #expect(try JSON.read(#""\ud83d\ude00""#) == .text("😀"))
    #expect(try JSON.read("123456789012345678901") == .decimal("123456789012345678901"))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "1.", "+1", "nul", "\"\\ud800\"", "\"\\u0000\"", "1 2", "\u{FEFF}1", "NaN", "{\"a\" 1}", "\"\n\"",
    "\"\\u+123\"",
    String(repeating: "[", count: 10_000),
  ])
  func refuses(text: String) {
    #expect(throws: JSON.ReadError.self) { try JSON.read(text) }
  }

  @Test func neverTrapsOnAnyBytes() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("{}[]\",:\\u0019aeE+-.tfn \u{e4}".utf8) + [0xff, 0xc0, 0]
    for _ in 0..<50_000 {
      let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      if let value = try? JSON.read(bytes) { #expect((try? JSON.read(JSON.write(value))) == value) }
    }
  }
}

@Suite struct MessageTests {
  @Test func fillsInOnePass() {
    let message = Message("k", "{a} and {b}", zh: "{b}、{a}")
    #expect(message.text(.english, ["a": "{b}", "b": "2"]) == "{b} and 2")
    #expect(message.text(.chinese, ["a": "1", "b": "2"]) == "2、1")
    #expect(message.text(.english) == "{a} and {b}")
    #expect(message.placeholders(.english) == ["a", "b"])
  }

  @Test(
    arguments: [
      (nil, Language.english), ("zh-CN,zh;q=0.9,en;q=0.8", .chinese), ("en-GB, zh;q=0.5", .english), ("fr, zh-Hans;q=0.2", .chinese), ("fr", .english),
      ("zh;q=0", .english), (";;;,,q=", .english),
    ] as [(String?, Language)])
  func negotiates(header: String?, language: Language) {
    #expect(Language(acceptLanguage: header) == language)
  }
}
