import Kernel
import Operations

/// What is to be done so that the store holds what a file says. What the file does not name stays as it is.
struct CataloguePlan: Sendable {
  enum Act: Sendable {
    case createFamily(FamilyEntry)
    case changeFamily(FamilyEntry)
    case createService(ServiceEntry, family: String)
    case changeService(ServiceEntry, family: String)
    case relate(String, needs: [String])
    case createOffering(OfferingEntry, service: String)
    case draft(OfferingEntry)
    case publish(OfferingEntry)
    case retire(String)
  }

  struct Step: Sendable {
    let act: Act
    /// The fields that differ, as the file calls them.
    var fields: [String] = []
    /// The same with what was there before, and what is then.
    var changes: [ContentDifference.Change] = []
  }

  /// What the catalogue names of others.
  struct Known: Sendable {
    var teams: Set<String> = []
    var levels = PriorityLevels()
    /// The codes of customers.
    var customers: Set<String> = []
  }

  private(set) var steps: [Step] = []
  private(set) var violations: [Failure.Violation] = []

  private let wanted: Catalogue
  private let today: CalendarDate
  private let known: Known
  private let families: [String: FamilyEntry]
  private let services: [String: (entry: ServiceEntry, family: String)]
  private let offerings: [String: (entry: OfferingEntry, service: String)]

  init(from recorded: Catalogue, to wanted: Catalogue, known: Known, today: CalendarDate) {
    self.wanted = wanted
    self.today = today
    self.known = known
    families = Dictionary(recorded.families.map { ($0.code, $0) }) { first, _ in first }
    let services = recorded.families.flatMap { family in family.services.map { ($0, family.code) } }
    self.services = Dictionary(services.map { ($0.0.code, (entry: $0.0, family: $0.1)) }) { first, _ in first }
    let offerings = services.flatMap { service, _ in service.offerings.map { ($0, service.code) } }
    self.offerings = Dictionary(offerings.map { ($0.0.code, (entry: $0.0, service: $0.1)) }) { first, _ in first }
    refuseRepeated()
    // Services before relations, which may point forward; offerings last, which need their services in the catalogue.
    eachFamily { $0.planFamily($1, $2) }
    eachService { $0.planService($1, family: $2, at: $3) }
    planDependencies()
    eachService { plan, service, _, place in
      for (index, offering) in service.offerings.enumerated() { plan.planOffering(offering, of: service, at: "\(place).offerings[\(index)]") }
    }
  }

  // MARK: Families and services

  private mutating func planFamily(_ family: FamilyEntry, _ place: String) {
    guard let found = families[family.code] else { return steps.append(Step(act: .createFamily(family))) }
    let fields = Self.differing([("name", found.name != family.name), ("summary", found.summary != family.summary)])
    let changes = [
      Self.change("name", VersionWords.name, .local(found.name), .local(family.name)),
      Self.change("summary", PlanWords.summary, Self.local(found.summary), Self.local(family.summary)),
    ].compactMap(\.self)
    if !fields.isEmpty { steps.append(Step(act: .changeFamily(family), fields: fields, changes: changes)) }
  }

  private mutating func planService(_ service: ServiceEntry, family: String, at place: String) {
    violations += CatalogRule.violations(in: service.life, after: services[service.code]?.entry.life, today: today) { stage in
      service.life[stage] == nil ? "\(place).stages" : "\(place).stages.\(stage.rawValue)"
    }
    if let customer = service.onlyFor, !known.customers.contains(customer) {
      refuse("\(place).onlyFor", CatalogMessages.unknownCustomer, ["code": customer])
    }
    guard let (found, home) = services[service.code] else { return steps.append(Step(act: .createService(service, family: family))) }
    if found.onlyFor != service.onlyFor {
      refuse(service.onlyFor == nil ? place : "\(place).onlyFor", CatalogMessages.onlyForStays, ["recorded": found.onlyFor ?? "-"])
    }
    let fields = Self.differing([
      ("family", home != family), ("name", found.name != service.name), ("summary", found.summary != service.summary), ("mode", found.mode != service.mode),
      ("owner", found.owner != service.owner), ("stages", found.life != service.life),
    ])
    let changes = [
      Self.change("family", PlanWords.inFamily, .text(home), .text(family)),
      Self.change("name", VersionWords.name, .local(found.name), .local(service.name)),
      Self.change("summary", PlanWords.summary, Self.local(found.summary), Self.local(service.summary)),
      Self.change("mode", ManualWords.mode, .word(ManualWords.word(found.mode)), .word(ManualWords.word(service.mode))),
      Self.change("owner", ManualWords.owner, .local(found.owner), .local(service.owner)),
      Self.change("stages", PlanWords.stages, Self.days(of: found.life), Self.days(of: service.life)),
    ].compactMap(\.self)
    if !fields.isEmpty { steps.append(Step(act: .changeService(service, family: family), fields: fields, changes: changes)) }
  }

  private mutating func planDependencies() {
    var graph = services.mapValues { Set($0.entry.needs) }
    var customers = services.mapValues { $0.entry.onlyFor }
    var places: [String: String] = [:]
    eachService { plan, service, _, place in
      graph[service.code] = Set(service.needs)
      customers[service.code] = .some(service.onlyFor)
      places[service.code] = place
      if plan.services[service.code]?.entry.needs ?? [] != service.needs {
        plan.steps.append(Step(act: .relate(service.code, needs: service.needs), fields: service.needs))
      }
    }
    let known = Set(graph.keys)
    eachService { plan, service, _, place in
      for need in service.needs {
        guard known.contains(need) else {
          plan.refuse("\(place).needs", CatalogMessages.unknownCode, ["code": need])
          continue
        }
        if !CatalogRule.mayNeed(customers[need] ?? nil, of: service.onlyFor) {
          plan.refuse("\(place).needs", CatalogMessages.needsDesigned, ["code": need])
        }
      }
    }
    guard let circle = DependencyGraph(graph).circle() else { return }
    // Told at the service whose dependency closes it, when the file has that one.
    let place = circle.dropLast().reversed().compactMap { places[$0] }.first ?? "families"
    refuse("\(place).needs", CatalogMessages.circle, ["path": circle.joined(separator: " > ")])
  }

  // MARK: Offerings

  private mutating func planOffering(_ offering: OfferingEntry, of service: ServiceEntry, at place: String) {
    violations += CatalogRule.violations(in: offering.content, teams: known.teams, levels: known.levels, path: "\(place).")
    let found = offerings[offering.code]
    if let found, found.service != service.code {
      return refuse("\(place).code", CatalogMessages.otherService, ["code": offering.code, "service": found.service])
    }
    let fields = found.map { Self.differing($0.entry.content, offering.content) } ?? []
    let changes = found.map { ContentDifference(from: $0.entry.content, to: offering.content).changes } ?? []
    switch (found?.entry.state, offering.state) {
    case (.retired?, let state):
      if state != .retired || !fields.isEmpty { refuse("\(place).state", CatalogMessages.retiredStays, ["code": offering.code]) }
    case (.published?, .draft): refuse("\(place).state", CatalogMessages.publishedStays, ["code": offering.code])
    case (.published?, .published) where fields.isEmpty, (.draft?, .draft) where fields.isEmpty: break
    case (.draft?, .draft): steps.append(Step(act: .draft(offering), fields: fields, changes: changes))
    // With the retirement alone, what else differs would be lost.
    case (_?, .retired) where !fields.isEmpty:
      refuse("\(place).state", CatalogMessages.retiredChanges, ["code": offering.code, "fields": fields.joined(separator: ", ")])
    case (_?, .retired): steps.append(Step(act: .retire(offering.code)))
    case (_, .published):
      let state = service.life.state(on: today)
      guard state == .catalogue else {
        return refuse("\(place).state", CatalogMessages.notInCatalogue, ["code": service.code, "state": state.rawValue])
      }
      if found == nil { steps.append(Step(act: .createOffering(offering, service: service.code))) }
      steps.append(Step(act: .publish(offering), fields: fields, changes: changes))
    case (nil, .draft): steps.append(Step(act: .createOffering(offering, service: service.code)))
    case (nil, .retired):
      steps.append(Step(act: .createOffering(offering, service: service.code)))
      steps.append(Step(act: .retire(offering.code)))
    }
  }

  private static func differing(_ left: OfferingContent, _ right: OfferingContent) -> [String] {
    let words: [(String, Bool)] = DescriptionPart.allCases.map { ($0.rawValue, left.texts[$0] != right.texts[$0]) }
    let lists: [(String, Bool)] = [
      ("targets", left.targets != right.targets), ("measures", left.measures != right.measures), ("prices", left.prices != right.prices),
      ("form", left.form != right.form), ("approval", left.approval != right.approval),
      ("access", left.access != right.access), ("tasks", left.tasks != right.tasks),
      ("impact", left.impact != right.impact), ("urgency", left.urgency != right.urgency),
    ]
    return differing([("name", left.name != right.name)] + words + lists)
  }

  /// Nil where there is none.
  private static func change(_ field: String, _ label: Message, _ before: ContentTerm?, _ after: ContentTerm?) -> ContentDifference.Change? {
    before == after ? nil : ContentDifference.Change(field: field, subject: .part(label), before: before, after: after)
  }

  private static func local(_ text: LocalText?) -> ContentTerm? { text.map { .local($0) } }

  private static func days(of life: ServiceLife) -> ContentTerm? {
    let days = ServiceStage.allCases.compactMap { stage in life.days[stage].map { "\(stage.rawValue) \($0)" } }
    return days.isEmpty ? nil : .list(days.map { .text($0) })
  }

  // MARK: Walking

  private mutating func refuseRepeated() {
    var seen: Set<[String]> = []
    var repeated: [Failure.Violation] = []
    func check(_ kind: String, _ code: String, _ place: String) {
      if !seen.insert([kind, code]).inserted {
        repeated.append(Failure.Violation(path: "\(place).code", CatalogMessages.repeated, ["code": code]))
      }
    }
    for (index, family) in wanted.families.enumerated() {
      check("family", family.code, "families[\(index)]")
      for (position, service) in family.services.enumerated() {
        let place = "families[\(index)].services[\(position)]"
        check("service", service.code, place)
        for (place, offering) in service.offerings.enumerated().map({ ("\(place).offerings[\($0.offset)]", $0.element) }) {
          check("offering", offering.code, place)
        }
      }
    }
    violations += repeated
  }

  private mutating func eachFamily(_ body: (inout CataloguePlan, FamilyEntry, String) -> Void) {
    for (index, family) in wanted.families.enumerated() { body(&self, family, "families[\(index)]") }
  }

  private mutating func eachService(_ body: (inout CataloguePlan, ServiceEntry, String, String) -> Void) {
    for (index, family) in wanted.families.enumerated() {
      for (position, service) in family.services.enumerated() { body(&self, service, family.code, "families[\(index)].services[\(position)]") }
    }
  }

  private mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String]) {
    violations.append(Failure.Violation(path: path, message, arguments))
  }

  private static func differing(_ fields: [(String, Bool)]) -> [String] { fields.filter(\.1).map(\.0) }
}
