/// A document as one HTML file for the printer: A4, no script, nothing from elsewhere.
package struct DocumentHTML: Sendable {
  let document: Document

  package init(_ document: Document) { self.document = document }

  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="\(Self.escaped(document.language))">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>\(Self.escaped(document.title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <header>
    <h1>\(Self.escaped(document.title))</h1>
    \(document.subtitle.map { "<p class=\"subtitle\">\(inline($0))</p>" } ?? "")
    \(document.audience.map { "<p class=\"audience\">\(inline($0))</p>" } ?? "")
    </header>
    \(document.contents.isEmpty ? "" : contents)
    <main\(document.chaptersBeginPages ? "" : " class=\"flowing\"")>
    \(document.sections.isEmpty ? "<p>\(Self.escaped(document.emptyNote))</p>" : document.sections.map(section).joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private var contents: String {
    """
    <nav>
    <h2>\(Self.escaped(document.contentsTitle))</h2>
    <ul>
    \(document.contents.map { "<li class=\"level\($0.level)\"><a href=\"#\($0.anchor)\">\(Self.escaped($0.title))</a></li>" }.joined(separator: "\n"))
    </ul>
    </nav>
    """
  }

  private func section(_ section: Document.Section) -> String {
    let heading = "h\(section.level + 1)"
    let title = "<\(heading) id=\"\(section.anchor)\">\(Self.escaped(section.title))</\(heading)>"
    return ([title] + section.blocks.map(block)).joined(separator: "\n")
  }

  private func block(_ block: Document.Block) -> String {
    switch block {
    case .paragraph(let text): "<p>\(inline(text))</p>"
    case .list(let items): "<ul>\n\(items.map { "<li>\(inline($0))</li>" }.joined(separator: "\n"))\n</ul>"
    case .table(let header, let rows):
      """
      <table>
      <thead><tr>\(header.map { "<th>\(Self.escaped($0))</th>" }.joined())</tr></thead>
      <tbody>
      \(rows.map { "<tr>\($0.map { "<td>\(inline($0))</td>" }.joined())</tr>" }.joined(separator: "\n"))
      </tbody>
      </table>
      """
    }
  }

  private func inline(_ text: Document.Text) -> String {
    let escaped = Self.escaped(text.text)
    return text.isForeign && !escaped.isEmpty ? "\(escaped) <span class=\"foreign\">\(Self.escaped(document.foreignMark))</span>" : escaped
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// Numbers of headings come from counters, in the contents as in the text. Columns of a table are never narrower than a word.
  private static let style = """
    @page { size: A4; margin: 22mm 20mm 24mm; @bottom-center { content: counter(page); font-size: 9pt; color: #555; } }
    @page :first { @bottom-center { content: none; } }
    html { font: 10.5pt/1.5 "Source Sans 3", "Noto Sans", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #1a1a1a; }
    html:lang(zh-Hans) { line-height: 1.7; }
    body { max-width: 170mm; margin: 0 auto; padding: 10mm 5mm; overflow-wrap: break-word; }
    header { padding: 50mm 0 20mm; text-align: center; }
    h1 { font-size: 28pt; line-height: 1.2; margin: 0 0 6mm; }
    .subtitle, .audience { font-size: 14pt; color: #444; }
    nav ul { list-style: none; padding: 0; counter-reset: family; }
    nav a { color: inherit; text-decoration: none; }
    nav li { padding-left: 10mm; text-indent: -10mm; }
    nav .level1 { font-weight: 600; margin-top: 3mm; break-after: avoid; counter-increment: family; counter-reset: service; }
    nav .level2 { margin-left: 10mm; counter-increment: service; counter-reset: offering; }
    nav .level3 { margin-left: 20mm; padding-left: 13mm; text-indent: -13mm; color: #444; counter-increment: offering; }
    nav .level1::before, main > h2::before { content: counter(family); }
    nav .level2::before, main > h3::before { content: counter(family) "." counter(service); }
    nav .level3::before, main > h4::before { content: counter(family) "." counter(service) "." counter(offering); }
    nav li::before { display: inline-block; min-width: 10mm; text-indent: 0; }
    nav .level3::before { min-width: 13mm; }
    main { counter-reset: family; }
    main > h2 { counter-increment: family; counter-reset: service; }
    main > h3 { counter-increment: service; counter-reset: offering; }
    main > h4 { counter-increment: offering; }
    main > h2::before, main > h3::before, main > h4::before { margin-right: 3mm; }
    h2 { font-size: 20pt; line-height: 1.25; border-bottom: 1.5pt solid #0b5394; padding-bottom: 1.5mm; margin: 12mm 0 4mm; }
    h3 { font-size: 15pt; line-height: 1.3; color: #0b5394; margin: 9mm 0 2mm; }
    h4 { font-size: 12.5pt; margin: 7mm 0 2mm; }
    h5 { font-size: 10.5pt; margin: 4mm 0 1mm; }
    h2, h3, h4, h5 { break-after: avoid; }
    p { margin: 1mm 0; orphans: 3; widows: 3; }
    main ul { margin: 1mm 0; padding-left: 6mm; }
    table { border-collapse: collapse; width: calc(100% - 1pt); margin: 2mm 0; font-size: 9.5pt; line-height: 1.4; }
    thead { display: table-header-group; }
    tr { break-inside: avoid; }
    th, td { border: 0.5pt solid #bbb; padding: 1mm 2mm; text-align: left; vertical-align: top; }
    td { white-space: pre-line; }
    th { background: #eef3f8; font-weight: 600; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .foreign { color: #a33; font-size: 8.5pt; }
    @media print {
      body { max-width: none; padding: 0; }
      header { padding-top: 80mm; }
      nav, main:not(.flowing) > h2, main.flowing { break-before: page; }
    }
    """
}
