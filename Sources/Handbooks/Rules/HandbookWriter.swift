import Documents
import Kernel
import Operations

/// Writes the handbook of a process as a document. The same edition gives the same document, but for its people: they are called as they are
/// now, and who left is marked.
struct HandbookWriter: Sendable {
  /// What stands on the title page of an edition.
  struct Edition: Sendable {
    let seq: Int64
    let day: CalendarDate
    let publisher: String
  }

  let language: Language
  /// The provider's name, on the title page.
  let provider: String
  let process: HandbookProcess
  /// Nil: a draft.
  let edition: Edition?
  /// Nil: it is not the newest edition.
  let reviewDueOn: CalendarDate?
  let staff: StaffBook

  private typealias Block = Document.Block
  private typealias Text = Document.Text

  func document(_ content: HandbookContent, _ inForce: HandbookInForce) -> Document {
    // What is in force and is none of the process's has no chapter.
    let chapters: [Chapter?] = [
      Chapter(HandbookWords.purpose, Block.lines(of: text(content.purpose))), Chapter(HandbookWords.responsibility, responsibility(content)),
      Chapter(HandbookWords.activities, activities(content.activities)), Chapter(HandbookWords.roles, roles(content.roles)),
      Chapter(HandbookWords.principles, parts: principles(content.principles)),
      inForce.codes.isEmpty ? nil : Chapter(HandbookWords.codes, codes(inForce.codes)),
      inForce.priorities.isEmpty ? nil : Chapter(HandbookWords.priorities, priorities(inForce.priorities)),
      inForce.gates.isEmpty ? nil : Chapter(HandbookWords.gates, gates(inForce.gates)),
      inForce.rules?.isEmpty == false ? Chapter(RuleWords.rules, parts: rules(inForce.rules ?? [])) : nil,
      Chapter(HandbookWords.form, form(content.form)), Chapter(HandbookWords.kpis, kpis(content.kpis)),
    ]
    let sections = chapters.compactMap(\.self).enumerated().flatMap { self.sections(of: $1, anchor: "part-\($0 + 1)") }
    return Document(
      language: language.rawValue, title: HandbookWords.title.text(language, ["process": word(ProcessWords.name(process))]), subtitle: Text(provider),
      audience: Text(standing), contentsTitle: word(HandbookWords.contents), foreignMark: word(HandbookWords.foreign), sections: sections,
      chaptersBeginPages: false)
  }

  private var standing: String {
    guard let edition else { return word(HandbookWords.draft) }
    return HandbookWords.edition.text(
      language, ["edition": String(edition.seq), "day": edition.day.description, "person": edition.publisher])
  }

  // MARK: Chapters

  private struct Chapter {
    let title: Message
    var blocks: [Document.Block]
    var parts: [(title: Message, blocks: [Document.Block])]

    init(_ title: Message, _ blocks: [Document.Block] = [], parts: [(title: Message, blocks: [Document.Block])] = []) {
      self.title = title
      self.blocks = blocks
      self.parts = parts
    }
  }

  /// A chapter that says nothing says so.
  private func sections(of chapter: Chapter, anchor: String) -> [Document.Section] {
    let isEmpty = chapter.blocks.isEmpty && chapter.parts.isEmpty
    let head = Document.Section(
      level: 1, title: word(chapter.title), anchor: anchor, blocks: isEmpty ? [.paragraph(plain(HandbookWords.none))] : chapter.blocks)
    let parts = chapter.parts.enumerated().map { index, part in
      Document.Section(level: 2, title: word(part.title), anchor: "\(anchor)-\(index + 1)", blocks: part.blocks)
    }
    return [head] + parts
  }

  private func responsibility(_ content: HandbookContent) -> [Document.Block] {
    var rows = [
      [plain(HandbookWords.owner), Text(content.owner.map(person) ?? word(HandbookWords.nobody))],
      [plain(HandbookWords.manager), Text(content.manager.map(person) ?? word(HandbookWords.nobody))],
      [plain(HandbookWords.review), Text(speech.text(.months(content.reviewEveryMonths)))],
    ]
    if let reviewDueOn { rows.append([plain(HandbookWords.reviewDue), Text(reviewDueOn.description)]) }
    return [.table(header: [word(HandbookWords.item), word(HandbookWords.text)], rows: rows)]
  }

  private func activities(_ activities: [HandbookActivity]) -> [Document.Block] {
    table([HandbookWords.code, HandbookWords.activity, HandbookWords.text, HandbookWords.who], activities) {
      [Text($0.code), text($0.name), text($0.text), text($0.who)]
    }
  }

  private func roles(_ roles: [HandbookRole]) -> [Document.Block] {
    table([HandbookWords.role, HandbookWords.duties, HandbookWords.people], roles) { role in
      [
        text(role.name), text(role.duties), Text(role.people.isEmpty ? word(HandbookWords.nobody) : speech.joined(role.people.map(person))),
      ]
    }
  }

  private func principles(_ principles: [HandbookPrinciple]) -> [(title: Message, blocks: [Document.Block])] {
    principles.map { (HandbookWords.kind($0.kind), Block.lines(of: text($0.text))) }
  }

  private func codes(_ codes: [HandbookInForce.Code]) -> [Document.Block] {
    process.codeLists.flatMap { list in
      let own = codes.filter { $0.list == list }
      guard !own.isEmpty else { return [Document.Block]() }
      let title = ProcessWords.list(list).map(word) ?? list
      return [.table(header: [title, word(HandbookWords.name)], rows: own.map { [Text($0.key), text($0.name)] })]
    }
  }

  private func priorities(_ cells: [HandbookInForce.Priority]) -> [Document.Block] {
    table([HandbookWords.impact, HandbookWords.urgency, HandbookWords.priority], cells) {
      [Text(String($0.impact)), Text(String($0.urgency)), Text("P\($0.priority)")]
    }
  }

  private func gates(_ gates: [HandbookInForce.Gate]) -> [Document.Block] {
    table([HandbookWords.gate, HandbookWords.step, HandbookWords.asks, HandbookWords.purpose, HandbookWords.priority], gates) {
      [text($0.name), Text($0.step), Text(speech.text($0.asks)), text($0.purpose), Text($0.priority.map { "P\($0)" } ?? "")]
    }
  }

  private func rules(_ rules: [RuleInForce]) -> [(title: Message, blocks: [Document.Block])] {
    RuleInForce.Kind.allCases.compactMap { kind -> (title: Message, blocks: [Document.Block])? in
      let own = rules.filter { $0.kind == kind }
      guard !own.isEmpty else { return nil }
      let title = RuleWords.kind(kind)
      let blocks = table([RuleWords.rule, HandbookWords.text], own) { rule in
        [Text(rule.name ?? word(title)), Text(rule.facts.map { speech.text($0) }.joined(separator: language == .chinese ? "；" : "; "))]
      }
      return (title, blocks)
    }
  }

  private func form(_ form: [HandbookFormField]) -> [Document.Block] {
    table([HandbookWords.field, HandbookWords.meaning, HandbookWords.required], form) {
      [text($0.name), text($0.meaning), plain($0.isRequired ? HandbookWords.yes : HandbookWords.no)]
    }
  }

  private func kpis(_ kpis: [HandbookKpi]) -> [Document.Block] {
    table([HandbookWords.kpi, HandbookWords.code, HandbookWords.target], kpis) {
      [Text($0.indicator.name(language)), Text($0.indicator.key), Text(speech.target($0))]
    }
  }

  // MARK: Words

  private var speech: HandbookSpeech { HandbookSpeech(language: language, staff: staff) }

  private func table<Row>(_ header: [Message], _ rows: [Row], _ cells: (Row) -> [Document.Text]) -> [Document.Block] {
    rows.isEmpty ? [] : [.table(header: header.map(word), rows: rows.map(cells))]
  }

  private func word(_ message: Message) -> String { message.text(language) }
  private func plain(_ message: Message) -> Document.Text { Text(word(message)) }

  private func text(_ local: LocalText?) -> Document.Text {
    guard let local, let text = local.text(language) else { return Text("") }
    return Text(text, isForeign: local[language] == nil)
  }

  private func person(_ id: PublicId) -> String {
    staff.isActive(id) ? staff.name(id) : HandbookWords.left.text(language, ["person": staff.name(id)])
  }
}
