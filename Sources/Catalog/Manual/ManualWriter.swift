import Documents
import Kernel
import Operations

/// Writes the service product manual (服务产品手册): of each family the services in the catalogue, with what of them is
/// published. It is for customers too, so it tells nothing of the pipeline, and not how a request is fulfilled. The same catalogue gives the same document.
struct ManualWriter: Sendable {
  let language: Language
  /// The provider's name, on the title page.
  let provider: String
  /// The customer whose contracts it follows; nil: it is of all.
  let customer: String?
  /// The day that it is for the provider.
  let today: CalendarDate
  /// Of each published offering its version, by code.
  let versions: [String: (seq: Int64, day: CalendarDate)]

  private typealias Section = Document.Section
  private typealias Block = Document.Block
  private typealias Text = Document.Text

  /// - Parameter names: what the services in the catalogue are called, by code: a dependency may lie outside the families. What is
  ///   not among them is not told.
  func document(_ catalogue: Catalogue, names: [String: LocalText]) -> Document {
    var sections: [Document.Section] = []
    for family in catalogue.families {
      let services = family.services.filter { $0.life.state(on: today) == .catalogue }
      guard !services.isEmpty else { continue }
      sections.append(section(1, family.code, family.name, paragraphs(family.summary)))
      for service in services {
        sections.append(section(2, service.code, service.name, paragraphs(service.summary) + [facts(of: service, names)]))
        for offering in service.offerings where offering.state == .published { sections += self.offering(offering) }
      }
    }
    return Document(
      language: language.rawValue, title: word(ManualWords.title), subtitle: Text(provider),
      audience: customer.map { Text(ManualWords.audience.text(language, ["customer": $0])) }, contentsTitle: word(ManualWords.contents),
      emptyNote: word(ManualWords.empty), foreignMark: word(ManualWords.foreign), sections: sections)
  }

  // MARK: Services

  private func facts(of service: ServiceEntry, _ names: [String: LocalText]) -> Document.Block {
    var rows: [[Document.Text]] = [
      [plain(ManualWords.code), Text(service.code)], [plain(ManualWords.mode), plain(ManualWords.word(service.mode))],
      [plain(ManualWords.owner), text(service.owner)],
    ]
    if let day = service.life[.operation] { rows.append([plain(ManualWords.since), Text(day.description)]) }
    if let day = service.life.announced(.retirement, on: today) { rows.append([plain(ManualWords.retires), Text(day.description)]) }
    for name in service.needs.compactMap({ names[$0] }) { rows.append([plain(ManualWords.needs), text(name)]) }
    return .table(header: [word(ManualWords.item), word(ManualWords.content)], rows: rows)
  }

  // MARK: Offerings

  private func offering(_ offering: OfferingEntry) -> [Document.Section] {
    let content = offering.content
    var facts: [[Document.Text]] = [[plain(ManualWords.code), Text(offering.code)]]
    if let version = versions[offering.code] {
      facts.append([plain(ManualWords.version), Text(String(version.seq))])
      facts.append([plain(ManualWords.published), Text(version.day.description)])
    }
    var sections = [
      section(3, offering.code, content.name, [.table(header: [word(ManualWords.item), word(ManualWords.content)], rows: facts)])
    ]
    func add(_ part: String, _ title: Message, _ blocks: [Document.Block]) {
      guard !blocks.isEmpty else { return }
      sections.append(Section(level: 4, title: word(title), anchor: "\(anchor(offering.code))-\(part)", blocks: blocks))
    }
    for part in DescriptionPart.allCases { add(part.rawValue.lowercased(), ManualWords.word(part), paragraphs(content.texts[part])) }
    add("targets", ManualWords.targets, targets(content.targets))
    add("measures", ManualWords.measures, measures(content.measures))
    add("prices", ManualWords.prices, prices(content.prices))
    add("order", ManualWords.order, form(content.form))
    add("approval", ManualWords.approval, approval(content.approval))
    return sections
  }

  private func targets(_ targets: [OfferingTarget]) -> [Document.Block] {
    table([ManualWords.metric, ManualWords.priority, ManualWords.target, ManualWords.objective, ManualWords.note], targets) { target in
      [
        Text(ManualWords.metric(target.metric, language)), Text(target.priority.map { "P\($0)" } ?? ""), Text(budget(of: target)),
        Text(target.objective.map { "\($0.percent) %" } ?? ""), text(target.note),
      ]
    }
  }

  private func measures(_ measures: [QualityMeasure]) -> [Document.Block] {
    table([ManualWords.metric, ManualWords.target], measures) { [text($0.name), text($0.target)] }
  }

  private func prices(_ prices: [OfferingPrice]) -> [Document.Block] {
    table([ManualWords.item, ManualWords.amount, ManualWords.per, ManualWords.unit], prices) { price in
      [text(price.name), Text("\(price.amount.currency.code) \(price.amount.amount)"), plain(ManualWords.word(price.per)), text(price.unit)]
    }
  }

  private func form(_ form: [FormField]) -> [Document.Block] {
    let labels = Dictionary(form.map { ($0.key, $0) }) { first, _ in first }
    return table([ManualWords.field, ManualWords.kind, ManualWords.required, ManualWords.remarks], form) { field in
      var remarks: [String] = field.choices.map { $0.name.text(language) ?? $0.value }
      if let help = field.help?.text(language) { remarks.append(help) }
      if let condition = field.shownWhen, let decider = labels[condition.field] {
        let answer = decider.choices.first { $0.value == condition.equals }?.name.text(language) ?? said(condition.equals, decider.type)
        remarks.append(
          ManualWords.shownWhen.text(language, ["field": decider.label.text(language) ?? decider.key, "value": answer]))
      }
      let isForeign = (field.choices.map(\.name) + [field.help].compactMap(\.self)).contains { $0[language] == nil }
      return [
        text(field.label), plain(ManualWords.word(field.type)), plain(field.required ? ManualWords.yes : ManualWords.no),
        Text(remarks.joined(separator: language == .chinese ? "；" : "; "), isForeign: isForeign),
      ]
    }
  }

  private func said(_ answer: String, _ type: FormFieldType) -> String {
    guard type == .boolean else { return answer }
    return word(answer == "true" ? ManualWords.yes : ManualWords.no)
  }

  private func approval(_ approval: ApprovalRule) -> [Document.Block] {
    let intro: Message
    switch approval.kind {
    case .none: return []
    case .any: intro = ManualWords.approvalAny
    case .all: intro = ManualWords.approvalAll
    case .sequence: intro = ManualWords.approvalSequence
    }
    let limit = approval.above.map { ManualWords.above.text(language, ["amount": "\($0.currency.code) \($0.amount)"]) }
    return [.paragraph(plain(intro)), .list(approval.approvers.map { text($0.name) })] + (limit.map { [.paragraph(Text($0))] } ?? [])
  }

  /// `4 h`, `1 h 30 min`, the end of a business day, or nothing.
  private func budget(of target: OfferingTarget) -> String {
    if let days = target.businessDays { return ManualWords.businessDays.text(language, ["count": String(days)]) }
    return target.budgetSeconds.map(ContentWords(language).duration) ?? ""
  }

  // MARK: Words

  private func table<Row>(_ header: [Message], _ rows: [Row], _ cells: (Row) -> [Document.Text]) -> [Document.Block] {
    rows.isEmpty ? [] : [.table(header: header.map(word), rows: rows.map(cells))]
  }

  private func section(_ level: Int, _ code: String, _ name: LocalText, _ blocks: [Document.Block]) -> Document.Section {
    let title = text(name)
    return Section(
      level: level, title: title.isForeign ? "\(title.text) \(word(ManualWords.foreign))" : title.text, anchor: "\(level)-\(anchor(code))", blocks: blocks)
  }

  private func paragraphs(_ local: LocalText?) -> [Document.Block] { local.map { Document.Block.lines(of: text($0)) } ?? [] }

  private func word(_ message: Message) -> String { message.text(language) }
  private func plain(_ message: Message) -> Document.Text { Text(message.text(language)) }

  private func text(_ local: LocalText?) -> Document.Text {
    guard let local, let text = local.text(language) else { return Text("") }
    return Text(text, isForeign: local[language] == nil)
  }

  private func anchor(_ code: String) -> String { code.lowercased() }
}
