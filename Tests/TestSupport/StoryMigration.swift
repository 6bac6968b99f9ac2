import Foundation

/// What the migration does to the stories of the tickets that are there.
package enum StoryMigration {
  package static func text() throws -> String {
    let folder = RealData.packageRoot.appending(path: "sql/migrations")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let name = names.first(where: { $0.hasSuffix("_ticket_story.sql") }) else { throw CocoaError(.fileNoSuchFile) }
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    guard let start = text.range(of: "alter table desk.ticket no force") else { throw CocoaError(.fileReadCorruptFile) }
    return String(text[start.lowerBound...])
  }
}
