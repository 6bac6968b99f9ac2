import Foundation
import Kernel
import Operations
import TestSupport
import Testing

@testable import Handbooks

/// The handbooks that ship as examples: a provider begins with them, and so each says all of its process, in both languages.
@Suite struct ExampleTests {
  private static let shipped: [HandbookProcess] = [.incident, .request, .problem, .change, .release, .event, .access]

  /// A file that no process is of would never be loaded by the others.
  @Test func eachFileIsOfItsProcess() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: HandbooksWorld.examples.path)
    #expect(Set(files) == Set(Self.shipped.map { "\($0.rawValue).json" }))
    for process in Self.shipped { #expect(try HandbooksWorld.example(of: process.rawValue).at("process") == .text(process.rawValue)) }
  }

  /// Loaded by one call each, beside each other; published; and written in both languages with every line of the file.
  @Test func eachIsPublishedAndExported() async throws {
    let world = try await HandbooksWorld()
    for process in Self.shipped {
      let example = try HandbooksWorld.example(of: process.rawValue)
      let made = try await world.act("publish", try await world.create(["owner": world.ann, "manager": world.ben], of: process.rawValue))
      #expect(made.at("newest") == 1 && made.at("process") == .text(process.rawValue))
      for language in Language.allCases {
        let document = try await world.export(made, ["language": .text(language.rawValue)])
        let title = HandbookWords.title.text(language, ["process": ProcessWords.name(process).text(language)])
        #expect(document.hasPrefix("# \(title)\n"), "\(process) \(document.prefix(200))")
        // Its brackets are escaped in the document.
        let untranslated = String(HandbookWords.foreign.text(language).dropFirst().dropLast())
        #expect(!document.contains(untranslated), "\(process) \(language)")
        for row in try Self.rows(of: example, language) { #expect(document.contains(row), "\(process) \(language) \(row)") }
      }
    }
  }

  /// A principle of every kind, and codes of activities that no other process has.
  @Test func eachIsWhole() throws {
    var codes: [String] = []
    for process in Self.shipped {
      let example = try HandbooksWorld.example(of: process.rawValue)
      let kinds = (example.at("principles").array ?? []).compactMap { $0.at("kind").text }
      #expect(kinds == HandbookPrinciple.Kind.allCases.map(\.rawValue), "\(process)")
      let own = (example.at("activities").array ?? []).compactMap { $0.at("code").text }
      #expect(own.count >= 5, "\(process)")
      for (index, code) in own.enumerated() { #expect(code.hasSuffix("\(index + 1)"), "\(process) \(code)") }
      codes += own
    }
    #expect(Set(codes).count == codes.count)
  }

  /// What the document says of the file: its activities, roles, fields, figures and principles, whole. Both languages are asked for each text.
  private static func rows(of example: Value, _ language: Language) throws -> [String] {
    func said(_ value: Value) throws -> String { try #require(value.text) }
    func text(_ value: Value) throws -> String { try said(value.at(language.rawValue)) }
    func row(_ cells: String...) -> String { "\n| " + cells.joined(separator: " | ") + " |\n" }
    var rows: [String] = []
    for activity in example.at("activities").array ?? [] {
      rows.append(row(try said(activity.at("code")), try text(activity.at("name")), try text(activity.at("text")), try text(activity.at("who"))))
    }
    for role in example.at("roles").array ?? [] {
      rows.append(row(try text(role.at("name")), try text(role.at("duties")), HandbookWords.nobody.text(language)))
    }
    for field in example.at("form").array ?? [] {
      let required = field.at("required") == .bool(true) ? HandbookWords.yes : HandbookWords.no
      rows.append(row(try text(field.at("name")), try text(field.at("meaning")), required.text(language)))
    }
    for kpi in example.at("kpis").array ?? [] { rows.append(" | \(try said(kpi.at("indicator"))) | ") }
    for principle in example.at("principles").array ?? [] {
      // Lines of a list, or paragraphs of their own.
      rows += try text(principle.at("text")).split(separator: "\n").map { "\n\($0)\n" }
    }
    return rows
  }
}
