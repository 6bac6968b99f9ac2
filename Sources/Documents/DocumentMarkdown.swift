/// A document as Markdown (CommonMark with tables).
package struct DocumentMarkdown: Sendable {
  let document: Document

  package init(_ document: Document) { self.document = document }

  package var text: String {
    var lines = ["# \(Self.escaped(document.title))", ""]
    if let subtitle = document.subtitle { lines += [inline(subtitle), ""] }
    if let audience = document.audience { lines += [inline(audience), ""] }
    guard !document.contents.isEmpty else { return (lines + [Self.escaped(document.emptyNote)]).joined(separator: "\n") + "\n" }
    lines += ["## \(Self.escaped(document.contentsTitle))", ""]
    lines += document.contents.map { section in
      String(repeating: "  ", count: section.level - 1) + "- [\(Self.escaped(section.title))](#\(section.anchor))"
    }
    for section in document.sections {
      lines += ["", "<a id=\"\(section.anchor)\"></a>", "", String(repeating: "#", count: section.level + 1) + " \(Self.escaped(section.title))"]
      for block in section.blocks { lines += [""] + self.lines(of: block) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of block: Document.Block) -> [String] {
    switch block {
    case .paragraph(let text): [inline(text)]
    case .list(let items): items.map { "- \(inline($0))" }
    case .table(let header, let rows):
      [row(header.map(Self.escaped)), row(header.map { _ in "---" })] + rows.map { row($0.map(cell)) }
    }
  }

  private func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

  /// A cell is one line of Markdown: lines of its text stay lines by a tag of ours.
  private func cell(_ text: Document.Text) -> String {
    let lines = text.text.split(whereSeparator: \.isNewline).map { Self.escaped(String($0)) }.filter { !$0.isEmpty }
    guard lines.count > 1 else { return inline(text) }
    return lines.joined(separator: "<br>") + (text.isForeign ? " *\(Self.escaped(document.foreignMark))*" : "")
  }

  private func inline(_ text: Document.Text) -> String {
    let escaped = Self.escaped(text.text)
    return text.isForeign && !escaped.isEmpty ? "\(escaped) *\(Self.escaped(document.foreignMark))*" : escaped
  }

  private static func escaped(_ text: String) -> String { MarkdownText(text).escaped }
}
