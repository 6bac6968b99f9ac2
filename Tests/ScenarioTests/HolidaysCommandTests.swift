import Foundation
import Kernel
import TestSupport
import Testing

/// `steward holidays` as a person uses it.
@Suite struct HolidaysCommandTests {
  private func run(_ content: [UInt8], _ arguments: String...) async throws -> (code: Int32, text: String) {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let file = folder + "/days.ics"
    try Data(content).write(to: URL(fileURLWithPath: file))
    let program = try Program(executable: Program.steward, ["holidays", file] + arguments, output: folder + "/out.log")
    return (await program.ended(), program.text)
  }

  private static func file(_ lines: String...) -> [UInt8] {
    Array((["BEGIN:VCALENDAR", "BEGIN:VEVENT"] + lines + ["END:VEVENT", "END:VCALENDAR"]).joined(separator: "\r\n").utf8)
  }

  @Test func printsDaysOrTheBodyOfARequest() async throws {
    let file = Self.file("DTSTART:20250101", "SUMMARY:New Year", "RRULE:FREQ=YEARLY")
    let table = try await run(file, "--from", "2026", "--to", "2027")
    #expect(table.code == 0 && table.text.contains("2026-01-01  New Year\n2027-01-01  New Year\n"), "\(table.text)")
    let body = try await run(file, "--from", "2026", "--to", "2026", "--json", "--name", "Days")
    let value = try JSON.read(body.text.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(value["name"] == "Days" && value["days"]?.array?.first?["date"] == "2026-01-01")
  }

  @Test func saysWhatIsWrongByLine() async throws {
    var latin = Self.file("DTSTART:20250101", "SUMMARY:Noel")
    latin[latin.count - 29] = 0xeb
    let encoding = try await run(latin, "--from", "2026", "--to", "2027")
    #expect(encoding.code == 3 && encoding.text.contains("UTF-8"), "\(encoding.text)")
    let rule = try await run(Self.file("DTSTART:20250101", "RRULE:FREQ=YEARLY;BYWEEKNO=1"), "--from", "2026", "--to", "2027")
    #expect(rule.code == 3 && rule.text.contains("Line 4: BYWEEKNO=1 in a recurrence rule is not supported."), "\(rule.text)")
    #expect(try await run([], "--from", "2027", "--to", "2026").code == 64)
  }
}
