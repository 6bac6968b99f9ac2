import Foundation
import Kernel
import ServiceTime
import TestSupport
import Testing

/// Nine holiday calendars as they are published, against a table of the public holidays of 250 countries.
@Suite struct ICalendarHolidayTests {
  /// How a file and the table describe the same holidays, on working days: files list the day off in lieu, the table the
  /// Saturday or Sunday too.
  struct Comparison: Sendable {
    let file: String
    let country: String
    var regions: Set<String> = [""]
    let years: ClosedRange<Int64>
    /// Names in the file that are no public holidays of the country, or not of all of it.
    var others: Set<String> = []
    /// Dates of the file that the table does not have, and the reverse, with the reason.
    var onlyInFile: [String: String] = [:]
    var onlyInTable: [String: String] = [:]
  }

  static let comparisons: [Comparison] = [
    Comparison(
      file: "UKHolidays", country: "GB", regions: ["", "ENG", "SCT", "NIR", "WLS"], years: 2021...2030,
      onlyInFile: ["2022-05-30": "written before the spring bank holiday was moved for the jubilee"],
      onlyInTable: [
        "2022-06-02": "the spring bank holiday, moved", "2022-06-03": "platinum jubilee, proclaimed later",
        "2022-09-19": "state funeral, proclaimed later", "2023-05-08": "coronation, proclaimed later", "2026-06-15": "proclaimed later, Scotland",
      ]),
    Comparison(
      file: "USHolidays", country: "US", years: 2021...2030,
      others: [
        "Groundhog Day", "Valentine's Day", "Daylight Saving Time begins today", "St. Patrick's Day", "First day of Spring", "Good Friday", "Easter",
        "US Tax Day", "Mother's Day", "Father's Day", "First day of Summer", "First day of Autumn", "Halloween", "Election Day",
        "Daylight Saving Time ends today", "Black Friday - day after Thanksgiving", "First day of Winter", "Christmas Eve", "New Year's Eve",
      ],
      onlyInTable: Dictionary(
        uniqueKeysWithValues: [
          "2021-06-18", "2021-07-05", "2021-12-24", "2021-12-31", "2022-06-20", "2022-12-26", "2023-01-02", "2023-11-10", "2026-07-03", "2027-06-18",
          "2027-07-05", "2027-12-24", "2027-12-31", "2028-11-10", "2029-11-12",
        ].map { ($0, "a day off in lieu of a weekend, which the file does not list") })),
    Comparison(
      file: "GermanHolidays", country: "DE", years: 2010...2025,
      others: [
        "Heilige drei Könige", "Valentinstag", "Rosenmontag", "Aschermittwoch", "Palmsonntag", "Ostern", "Muttertag", "Pfingsten", "Fronleichnam",
        "Friedensfest", "Mariä Himmelfahrt", "Reformationstag", "Allerheiligen", "Volkstrauertag", "Buß- und Bettag", "Totensonntag", "Erster Advent",
        "Zweiter Advent", "Nikolaus", "Dritter Advent", "Vierter Advent", "Heiliger Abend", "Silvester", "Internationaler Frauentag",
      ],
      onlyInTable: ["2017-10-31": "Reformationstag, in the whole country that year only"]),
    Comparison(file: "FrenchHolidays", country: "FR", years: 2010...2030),
    Comparison(
      file: "JapanHolidays", country: "JP", years: 2010...2020,
      onlyInFile: [
        "2019-12-23": "the emperor who abdicated in April", "2020-12-23": "the emperor who abdicated in 2019", "2020-07-20": "moved for the Olympic Games",
        "2020-08-11": "moved for the Olympic Games", "2020-10-12": "moved for the Olympic Games",
      ],
      onlyInTable: [
        "2019-04-30": "between two holidays of the accession", "2019-05-01": "accession, decided later", "2019-05-02": "between two holidays",
        "2019-10-22": "enthronement, decided later", "2020-02-24": "in lieu of the new emperor's birthday, a Sunday",
        "2020-07-23": "moved for the Olympic Games", "2020-07-24": "moved for the Olympic Games", "2020-08-10": "moved for the Olympic Games",
      ]),
    Comparison(
      file: "HongKongHolidays", country: "HK", years: 2010...2014,
      // The table has neither the Christian holidays that follow Easter or Christmas nor the Buddha's birthday.
      others: [
        "Good Friday", "The day following Good Friday", "Easter Monday", "The first weekday after Christmas Day", "The second weekday after Christmas Day",
        "The Buddha’s Birthday", "The Buddha's Birthday", "The Birthday of the Buddha", "The day following Ching Ming Festival",
      ],
      onlyInTable: ["2011-12-26": "in lieu of a Sunday; in the file the first weekday after Christmas Day", "2010-04-05": "Ching Ming"]),
    Comparison(
      file: "ChinaPublicHolidays", country: "CN", years: 2015...2015,
      // 上班 names the weekends on which people work.
      others: ["上班"], onlyInTable: ["2015-09-03": "victory day, decreed in May", "2015-09-04": "victory day, decreed in May"]),
  ]

  @Test(arguments: comparisons.indices) func fileAndTableAgree(index: Int) throws {
    let comparison = Self.comparisons[index]
    guard let bytes = try Self.file(comparison.file), let table = try Self.table(comparison) else { return }
    let days = try ICalendar.days(bytes, years: comparison.years)
    for other in comparison.others { #expect(days.contains { $0.name == other }, "no \(other) in \(comparison.file)") }
    let listed = Set(days.filter { !comparison.others.contains($0.name) && $0.date.weekday < 6 }.map(\.date.description))
    #expect(listed.subtracting(table).sorted() == comparison.onlyInFile.keys.sorted())
    #expect(table.subtracting(listed).sorted() == comparison.onlyInTable.keys.sorted())
    #expect(listed.intersection(table).count > 10)
  }

  /// The files that describe other days than the table: Jewish feasts and memorial days, of which public holidays are some,
  /// and the days of the Chinese lunar calendar.
  @Test func theOtherFilesAreRead() throws {
    let israel = Comparison(file: "IsraelHolidays", country: "IL", years: 2010...2011)
    if let bytes = try Self.file(israel.file), let table = try Self.table(israel) {
      let days = try ICalendar.days(bytes, years: israel.years)
      #expect(days.count == 79 && table.subtracting(days.map(\.date.description)).isEmpty && table.count > 10)
      #expect(days.first { $0.date.description == "2010-09-18" }?.name == "יום כיפור")
    }
    if let bytes = try Self.file("ChinaHolidays") {
      let days = try ICalendar.days(bytes, years: 2013...2017)
      // Every day of five years, once.
      #expect(days.count == 1826 && Set(days.map(\.date)).count == 1826)
      #expect(days.first { $0.date.description == "2015-02-19" }?.name.isEmpty == false)
    }
  }

  /// Single occurrences are replaced by RECURRENCE-ID: the substitute days and every Good Friday after the first.
  @Test func replacedOccurrencesOfTheUnitedKingdom() throws {
    guard let bytes = try Self.file("UKHolidays") else { return }
    let days = try ICalendar.days(bytes, years: 2021...2032)
    func dates(_ name: String) -> [String] { days.filter { $0.name == name }.map(\.date.description) }
    #expect(dates("Good Friday").prefix(3) == ["2021-04-02", "2022-04-15", "2023-04-07"] && dates("Good Friday").count == 10)
    #expect(dates("New Year's Day (substitute)") == ["2022-01-03", "2023-01-02", "2028-01-03"])
    #expect(!dates("New Year's Day").contains("2022-01-01") && dates("New Year's Day").count == 7)
  }

  // MARK: Data

  private static func file(_ name: String) throws -> [UInt8]? {
    try RealData.url("holidays/ics/\(name).ics").map { [UInt8](try Data(contentsOf: $0)) }
  }

  /// The working days that the table has as holidays.
  private static func table(_ comparison: Comparison) throws -> Set<String>? {
    guard let url = RealData.url("holidays/public_holidays_2010_2032.csv.gz") else { return nil }
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = ["-dc", url.path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let bytes = [UInt8](try pipe.fileHandleForReading.readToEnd() ?? Data())
    gzip.waitUntilExit()
    var dates: Set<String> = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: comparison.country.utf8) {
      let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 4, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
      guard fields.count > 3, fields[0] == comparison.country, comparison.regions.contains(fields[1]), !["Sat", "Sun"].contains(fields[3]),
        let date = CalendarDate(fields[2]), comparison.years.contains(date.parts.year)
      else { continue }
      dates.insert(fields[2])
    }
    return dates
  }
}
