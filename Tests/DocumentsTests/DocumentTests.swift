import Testing

@testable import Documents

@Suite struct DocumentTests {
  /// Whatever a name holds, it stays a text: the tags of the page are ours alone.
  @Test(arguments: [
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "\"><b>", "&lt;b&gt;", "'", "a|b", "[x](javascript:alert(1))", "`code`", "*bold*",
    "# head", "<!-- x -->", "\\", "]]>",
  ])
  func hostileNamesAreTexts(hostile: String) {
    let clean = document("Name"), dirty = document(hostile)
    let (cleanHTML, dirtyHTML) = (DocumentHTML(clean).text, DocumentHTML(dirty).text)
    #expect(tags(dirtyHTML) == tags(cleanHTML))
    #expect(unescaped(dirtyHTML).contains(hostile))
    let markdown = DocumentMarkdown(dirty).text
    #expect(tags(markdown) == tags(DocumentMarkdown(clean).text))
    #expect(markdown.split(separator: "\n").filter { $0.hasPrefix("#") }.count == 3)
    #expect(markdown.split(separator: "\n").filter { $0.hasPrefix("| ") && cells($0) == 2 }.count == 3)
  }

  /// Readable where nothing is meant, escaped where it would be markup.
  @Test(arguments: [
    ("8:00-18:00, 7×24 (5x8)", "8:00-18:00, 7×24 (5x8)"), ("R&D + QA = 1!", "R&D + QA = 1!"), ("REMOTE-ACCESS", "REMOTE-ACCESS"),
    ("snake_case", "snake_case"), ("_so_", "\\_so\\_"), ("a * b", "a \\* b"), ("- item", "\\- item"), ("-5 °C", "-5 °C"), ("---", "\\---"),
    ("+ item", "\\+ item"), ("# head", "\\# head"), ("C#", "C#"), ("C #", "C \\#"), ("> said", "\\> said"), ("a > b", "a > b"),
    ("2026. Alle Rechte", "2026\\. Alle Rechte"), ("1) one", "1\\) one"), ("Version 1.5", "Version 1.5"), ("  \t code", "code"), ("end  ", "end"),
    ("a\r\nb", "a  b"), ("&lt;", "&amp;lt;"), ("&#60;", "&amp;#60;"), ("<b>", "&lt;b>"), ("http://x.test", "http\\://x.test"), ("ja@x.test", "ja\\@x.test"),
    ("ja+@x.test", "ja+\\@x.test"), ("ja_@x.test", "ja\\_\\@x.test"), ("@ 5 kW", "@ 5 kW"), ("www.x.test", "www\\.x.test"), ("(WWW.x.test)", "(WWW\\.x.test)"),
    ("~~no~~", "\\~\\~no\\~\\~"), ("![a](b)", "!\\[a\\](b)"), ("a|b", "a\\|b"), ("===", "\\==="), ("", ""), ("中文（说明）：是", "中文（说明）：是"),
  ])
  func textsStayReadable(text: String, written: String) { #expect(MarkdownText(text).escaped == written) }

  /// A cell is one line of Markdown, whatever its text is: its lines are parted by a tag, and nothing in them is markup.
  @Test func linesOfACellStayLines() {
    let cell = Document.Text("First | <b>\n- second\n\n3. third", isForeign: true)
    let table = Document.Block.table(header: ["a"], rows: [[cell], [.init("one")]])
    let document = Document(
      language: "en", title: "T", subtitle: nil, contentsTitle: "Contents", foreignMark: "[x]",
      sections: [.init(level: 1, title: "A", anchor: "a", blocks: [table])])
    let lines = DocumentMarkdown(document).text.split(separator: "\n")
    #expect(lines.suffix(2) == ["| First \\| &lt;b><br>\\- second<br>3\\. third *\\[x\\]* |", "| one |"])
  }

  private func document(_ text: String) -> Document {
    Document(
      language: "en", title: text, subtitle: .init(text), contentsTitle: "Contents", foreignMark: "[not translated]",
      sections: [
        .init(
          level: 1, title: text, anchor: "1-a",
          blocks: [
            .paragraph(.init(text, isForeign: true)), .list([.init(text)]), .table(header: [text, "b"], rows: [[.init(text), .init(text, isForeign: true)]]),
          ])
      ])
  }

  private func tags(_ text: String) -> [Substring] { text.matches(of: /<[^>]*>/).map(\.output) }

  private func unescaped(_ text: String) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  /// Cells of a row: bars that are not escaped, less one.
  private func cells(_ row: Substring) -> Int { row.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } - 1 }

  /// Lines that begin with a hyphen are a list; each other line is a paragraph.
  @Test func linesAreParagraphsAndLists() {
    let blocks = Document.Block.lines(of: .init("First\n\n - one\n- two\nLast\n-x", isForeign: true))
    func foreign(_ text: String) -> Document.Text { .init(text, isForeign: true) }
    #expect(
      blocks == [
        .paragraph(foreign("First")), .list([foreign("one"), foreign("two")]), .paragraph(foreign("Last")), .paragraph(foreign("-x")),
      ])
    #expect(Document.Block.lines(of: .init("- only")) == [.list([.init("only")])])
    #expect(Document.Block.lines(of: .init(" \n")).isEmpty)
  }

  @Test func aShortDocumentDoesNotBeginPages() {
    let html = DocumentHTML(Document(language: "en", title: "t", subtitle: nil, contentsTitle: "c", foreignMark: "f", sections: [], chaptersBeginPages: false))
    #expect(html.text.contains("<main class=\"flowing\">"))
    #expect(DocumentHTML(document("t")).text.contains("<main>"))
  }

  @Test func longTextsAreShownAroundTheirFirstDifference() {
    let (before, after) = (String(repeating: "a", count: 200) + "X", String(repeating: "a", count: 200) + "Y")
    let excerpts = TextExcerpts(before, after)
    #expect(excerpts.before == "…" + String(repeating: "a", count: 30) + "X" && excerpts.after.hasSuffix("Y"))
    #expect(TextExcerpts.of(before) == String(repeating: "a", count: 90) + "…")
    #expect(TextExcerpts("kept", "whole").before == "kept" && TextExcerpts("kept", "whole").after == "whole")
  }
}
