import ArgumentParser
import Foundation
import Kernel
import ServiceTime

/// Looks at an iCalendar file before it is sent anywhere: the days that a holiday set would get from it, or what is wrong
/// with it, line by line. It needs no server.
struct HolidaysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holidays", abstract: "Print the holidays of an iCalendar file, or what is wrong with it.",
    discussion: "With --json it prints the body of POST /v1/holiday-sets, which makes a holiday set of them.")

  @Argument(help: ArgumentHelp("The file (.ics).", valueName: "file"))
  var file: String

  @Option(name: .long, help: ArgumentHelp("The first year to read.", valueName: "year"))
  var from: Int64

  @Option(name: .long, help: ArgumentHelp("The last year to read.", valueName: "year"))
  var to: Int64

  @Option(name: .long, help: ArgumentHelp("The name of an event that is no holiday; may be repeated.", valueName: "event"))
  var skip: [String] = []

  @Option(name: .long, help: ArgumentHelp("The language of the names: en or zh-Hans.", valueName: "language"))
  var language = Language.english.rawValue

  @Option(name: .long, help: ArgumentHelp("The holiday set's name, for --json.", valueName: "name"))
  var name: String?

  @Flag(name: .long, help: "As the body of a request.")
  var json = false

  func validate() throws {
    guard from <= to else { throw ValidationError(CommandMessages.toBeforeFrom) }
    guard Language(rawValue: language) != nil else { throw ValidationError(UsageMessages.takesLanguage) }
  }

  func run() throws {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.invalid, CommandMessages.unreadable, ["file": file])
    }
    let found = try ICalendar.days([UInt8](data), years: from...to)
    let days = try HolidaySet(found, language: Language(rawValue: language) ?? .english, skipping: Set(skip))
    guard !json else { return print(JSON.text(.object(["name": .text(name ?? file), "days": days.value]))) }
    print(Terminal.table(["DATE", "NAME"], days.days.map { [$0.date.description, $0.name.values.joined(separator: " / ")] }))
  }
}
