import Kernel
import ServiceTime
import Testing

/// Each rule of the iCalendar reader on a file made for it.
@Suite struct ICalendarTests {
  private func read(_ bytes: [UInt8], _ years: ClosedRange<Int64> = 2026...2027) -> [String] { ICalendarText.read(bytes, years) }
  private func event(_ lines: String...) -> [UInt8] { ICalendarText.file(["BEGIN:VEVENT"] + lines + ["END:VEVENT"]) }

  // MARK: Lines

  @Test(arguments: ["\r\n", "\n"]) func linesEndEitherWay(end: String) {
    let bytes = ICalendarText.file(["BEGIN:VEVENT", "", "SUMMARY:Christ", " mas ", "\tDay", "DTSTART;VALUE=DATE:20261225", "END:VEVENT"], end: end)
    #expect(read(bytes) == ["2026-12-25 Christmas Day"])
  }

  @Test func aByteOrderMarkIsPassedOver() {
    #expect(read([0xef, 0xbb, 0xbf] + event("DTSTART:20261225")) == ["2026-12-25"])
  }

  @Test func foldingMayCutACharacterInTwo() {
    let name = Array("圣诞节".utf8)
    let folded = Array("SUMMARY:".utf8) + name[..<4] + Array("\r\n ".utf8) + name[4...]
    let bytes = Array("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261225\r\n".utf8) + folded + Array("\r\nEND:VEVENT\r\nEND:VCALENDAR".utf8)
    #expect(read(bytes) == ["2026-12-25 圣诞节"])
  }

  @Test func wrongEncodingsAreToldByLine() {
    let latin = Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:No".utf8) + [0xeb] + Array("l\nDTSTART:20261225\nEND:VEVENT\nEND:VCALENDAR\n".utf8)
    #expect(read(latin) == ["!3 ics.not_utf8"])
    #expect(read([0xff, 0xfe] + event("DTSTART:20261225").flatMap { [$0, 0] }) == ["!1 ics.utf16"])
    #expect(read(event("DTSTART:20261225").flatMap { [0, $0] }) == ["!1 ics.utf16"])
    #expect(read(event("SUMMARY:a\u{1}b", "DTSTART:20261225")) == ["!4 ics.control_character"])
    #expect(read(event("SUMMARY:" + String(repeating: "x", count: 70_000), "DTSTART:20261225")) == ["!4 ics.line_too_long"])
    let folds = (0..<2000).map { _ in " " + String(repeating: "x", count: 70) }
    #expect(read(ICalendarText.file(["BEGIN:VEVENT", "SUMMARY:a"] + folds + ["DTSTART:20261225", "END:VEVENT"])).first == "!4 ics.line_too_long")
  }

  // MARK: Frames

  @Test func theFrameIsChecked() {
    #expect(read([]) == ["!1 ics.not_a_calendar"])
    #expect(read(Array("<html>".utf8)) == ["!1 ics.not_a_property"])
    #expect(read(Array("DTSTART:20261225\nBEGIN:VCALENDAR\nEND:VCALENDAR".utf8)) == ["!1 ics.not_a_calendar"])
    #expect(read(Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\n".utf8)) == ["!2 ics.unfinished"])
    #expect(read(Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n".utf8)).first == "!3 ics.wrong_end")
    #expect(read(Array(String(repeating: "BEGIN:VCALENDAR\n", count: 20).utf8)) == ["!9 ics.too_deep"])
    #expect(read(ICalendarText.file("nonsense")) == ["!3 ics.not_a_property"])
    #expect(read(ICalendarText.file("CALSCALE:JULIAN")) == ["!3 ics.unsupported"])
    #expect(read(ICalendarText.file("METHOD:CANCEL")) == ["!3 ics.unsupported"])
    #expect(read(ICalendarText.file("CALSCALE:GREGORIAN", "METHOD:PUBLISH")) == [])
  }

  @Test func whatIsNoEventIsPassedOver() {
    let bytes = ICalendarText.file(
      "BEGIN:VTIMEZONE", "TZID:X", "BEGIN:STANDARD", "DTSTART:19700101T000000", "RRULE:FREQ=YEARLY;BYWEEKNO=1", "END:STANDARD", "END:VTIMEZONE",
      "BEGIN:VEVENT", "DTSTART;VALUE=DATE;TZID=\"a:b\":20261225", "BEGIN:VALARM", "TRIGGER:-PT1H", "DURATION:nonsense", "END:VALARM", "END:VEVENT",
      "BEGIN:VTODO", "DTSTART:nonsense", "END:VTODO")
    #expect(read(bytes) == ["2026-12-25"])
  }

  @Test func eventsStandDirectlyInTheCalendar() {
    for parent in ["VEVENT", "VTODO"] {
      let bytes = ICalendarText.file(
        "BEGIN:\(parent)", "DTSTART:20261225", "BEGIN:VEVENT", "DTSTART:20261226", "END:VEVENT", "END:\(parent)")
      #expect(read(bytes) == ["!5 ics.wrong_place"])
    }
  }

  @Test func allProblemsAreToldAtOnceUpToALimit() {
    #expect(
      read(ICalendarText.file("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VEVENT", "DTSTART:2026", "END:VEVENT")) == ["!3 ics.missing", "!6 ics.bad_value"])
    let many = read(ICalendarText.file(Array(repeating: "nonsense", count: 100)))
    #expect(many.count == ICalendar.problemLimit && many.last == "!22 ics.not_a_property")
  }

  // MARK: Events

  @Test func endsAreExclusive() {
    #expect(read(event("DTSTART:20261231", "DTEND:20270102")) == ["2026-12-31", "2027-01-01"])
    #expect(read(event("DTSTART:20261231", "DTEND:20261231")) == ["2026-12-31"])
    #expect(read(event("DTSTART:20261231", "DTEND:20261230")) == ["!5 ics.ends_before_start"])
    #expect(read(event("DTSTART;VALUE=DATE:20210101", "DTEND:20210101T050001Z"), 2021...2021) == ["2021-01-01"])
    #expect(read(event("DTSTART:20261225", "DURATION:P2D")) == ["2026-12-25", "2026-12-26"])
    #expect(read(event("DTSTART:20261225", "DURATION:PT24H")) == ["2026-12-25"])
    #expect(read(event("DTSTART:20261225", "DURATION:P1W")).count == 7)
    for wrong in ["PT1H", "P", "PT", "-P1D", "P1", "1D", "P0D", "P1H", "P9999999D", "PTT1H"] {
      #expect(read(event("DTSTART:20261225", "DURATION:\(wrong)")) == ["!5 ics.bad_value"], "\(wrong)")
    }
    #expect(read(event("DTSTART:20260101", "DTEND:20280101")) == ["!5 ics.event_too_long"])
    #expect(read(event("DTSTART:20261225", "DTEND:20261226", "DURATION:P1D")) == ["!6 ics.duplicate"])
  }

  @Test func anEventThatReachesIntoTheYearsIsCutThere() {
    #expect(read(event("DTSTART:20251230", "DTEND:20260103", "RRULE:FREQ=YEARLY"), 2027...2027) == ["2027-01-01", "2027-01-02", "2027-12-30", "2027-12-31"])
  }

  @Test func timedEventsAndWrongDatesAreRefused() {
    #expect(read(event("DTSTART:20261225T000000")) == ["!4 ics.timed_event"])
    #expect(read(event("DTSTART;TZID=Europe/Berlin:20261225T090000", "DTEND:20261225T100000")) == ["!4 ics.timed_event"])
    for wrong in ["20260230", "2026-12-25", "20261225T", "20261225T2500", "20261225T250000Z", "０２０２６１２２５", "", "20261225Z"] {
      #expect(read(event("DTSTART:\(wrong)")) == ["!4 ics.bad_value"], "\(wrong)")
    }
    #expect(read(event("DTSTART:20261225", "DTSTART:20261226")) == ["!5 ics.duplicate"])
  }

  @Test func namesAreOneLine() {
    #expect(read(event("SUMMARY;LANGUAGE=en:Peter\\, Paul\\; \\\\ and\\nMary\\N ", "DTSTART:20261225")) == ["2026-12-25 Peter, Paul; \\ and Mary"])
  }

  @Test func cancelledEventsAreNotThere() {
    #expect(read(event("STATUS:CANCELLED", "UID:1", "DTSTART:20261225", "RRULE:FREQ=YEARLY")) == [])
    #expect(read(event("STATUS:CONFIRMED", "DTSTART:20261225")) == ["2026-12-25"])
  }

  // MARK: Sets of dates

  @Test func exceptionsAndAdditions() {
    let daily = ["DTSTART:20260101", "RRULE:FREQ=DAILY;COUNT=5"]
    #expect(
      read(ICalendarText.file(["BEGIN:VEVENT"] + daily + ["EXDATE;VALUE=DATE:20260102,20260104", "EXDATE:20260105T000000Z", "END:VEVENT"]))
        == ["2026-01-01", "2026-01-03"])
    #expect(read(event("DTSTART:20260101", "RDATE;VALUE=DATE:20260401,20270401,20300401")) == ["2026-01-01", "2026-04-01", "2027-04-01"])
    #expect(read(event("DTSTART:20260101", "RDATE;VALUE=PERIOD:20260401T000000Z/P1D")) == ["!5 ics.bad_value"])
    #expect(read(event("DTSTART:20260101", "EXRULE:FREQ=YEARLY")) == ["!5 ics.unsupported"])
    #expect(read(event("DTSTART:20260101", "EXDATE:20260101")) == [])
  }

  @Test func aTimeOfUTCDoesNotNameADay() {
    let daily = "RRULE:FREQ=DAILY;COUNT=5"
    for property in ["EXDATE:20260102T230000Z", "EXDATE:20260103,20260102T110000Z", "RDATE:20260110T000001Z"] {
      #expect(read(event("DTSTART:20260101", daily, property)) == ["!6 ics.utc_time"], "\(property)")
    }
    #expect(read(event("DTSTART:20260101", "RRULE:FREQ=DAILY;UNTIL=20260102T230000Z")) == ["!5 ics.utc_time"])
    #expect(read(event("DTSTART:20260101", "UID:1", "RECURRENCE-ID:20260101T120000Z")) == ["!6 ics.utc_time"])
    // A local time lies in its own date, and midnight is how files write a date.
    #expect(read(event("DTSTART:20260101", daily, "EXDATE;TZID=Asia/Shanghai:20260102T230000", "EXDATE:20260103T000000Z")).count == 3)
  }

  @Test func onlyAnOccurrenceIsReplaced() {
    func yearly(_ more: String...) -> [String] { ["BEGIN:VEVENT", "UID:a", "DTSTART:20250101", "RRULE:FREQ=YEARLY"] + more + ["END:VEVENT"] }
    func moved(_ id: String, _ more: String...) -> [String] {
      ["BEGIN:VEVENT", "UID:a", "SUMMARY:Moved", "RECURRENCE-ID:\(id)", "DTSTART:20260102"] + more + ["END:VEVENT"]
    }
    #expect(read(ICalendarText.file(yearly() + moved("20260601"))) == ["!8 ics.no_occurrence"])
    #expect(read(ICalendarText.file(yearly() + moved("20260601", "STATUS:CANCELLED"))) == ["!8 ics.no_occurrence"])
    #expect(read(ICalendarText.file(yearly("EXDATE:20260101") + moved("20260101"))) == ["!9 ics.no_occurrence"])
    #expect(read(ICalendarText.file(yearly("RDATE:20260601") + moved("20260601"))) == ["2026-01-01", "2026-01-02 Moved", "2027-01-01"])
    // One before the years that are read is one all the same.
    #expect(read(ICalendarText.file(yearly() + moved("20250101"))) == ["2026-01-01", "2026-01-02 Moved", "2027-01-01"])
    // A cancelled event takes its replaced occurrences along; without the event they stand for themselves.
    #expect(read(ICalendarText.file(yearly("STATUS:CANCELLED") + moved("20260101"))) == [])
    #expect(read(ICalendarText.file(moved("20260101"))) == ["2026-01-02 Moved"])
  }

  @Test func anOccurrenceIsReplaced() {
    let yearly = ["BEGIN:VEVENT", "UID:a", "SUMMARY:Day", "DTSTART:20250101", "RRULE:FREQ=YEARLY", "END:VEVENT"]
    func moved(_ lines: String...) -> [String] { ["BEGIN:VEVENT", "UID:a", "SUMMARY:Moved"] + lines + ["END:VEVENT"] }
    #expect(
      read(ICalendarText.file(moved("RECURRENCE-ID;VALUE=DATE:20260101", "DTSTART:20260102") + yearly)) == ["2026-01-02 Moved", "2027-01-01 Day"])
    // Of two revisions the higher SEQUENCE counts, wherever it stands; among equals the later one.
    let first = moved("RECURRENCE-ID:20260101", "DTSTART:20260103", "SEQUENCE:2")
    let second = moved("RECURRENCE-ID:20260101", "DTSTART:20260104", "SEQUENCE:1")
    let third = moved("RECURRENCE-ID:20260101", "DTSTART:20260105", "SEQUENCE:2")
    #expect(read(ICalendarText.file(yearly + first + second)).first == "2026-01-03 Moved")
    #expect(read(ICalendarText.file(yearly + first + second + third)).first == "2026-01-05 Moved")
    // A cancelled one leaves its place empty.
    #expect(read(ICalendarText.file(yearly + moved("RECURRENCE-ID:20260101", "DTSTART:20260101", "STATUS:CANCELLED"))) == ["2027-01-01 Day"])
    #expect(read(event("RECURRENCE-ID:20260101", "DTSTART:20260102")) == ["!4 ics.missing"])
    #expect(read(ICalendarText.file(yearly + moved("RECURRENCE-ID;RANGE=THISANDFUTURE:20260101", "DTSTART:20260102"))) == ["!12 ics.unsupported"])
    #expect(read(ICalendarText.file(yearly + yearly)) == ["!9 ics.same_uid"])
  }

  @Test func yearsAreFewAndReal() {
    for years in [Int64(0)...2, 2026...2100, 9999...10_000] {
      #expect(read(event("DTSTART:20260101"), years) == ["!0 ics.years"])
    }
    #expect(read(event("DTSTART:20260101", "RRULE:FREQ=YEARLY"), 2026...2075).count == 50)
    #expect(read(event("DTSTART:99981231", "RRULE:FREQ=DAILY"), 9998...9999).count == 366)
  }

  @Test func everyMessageIsInBothLanguages() {
    for message in ICalendarMessages.all { #expect(message.placeholders(.english) == message.placeholders(.chinese), "\(message.key)") }
  }
}
