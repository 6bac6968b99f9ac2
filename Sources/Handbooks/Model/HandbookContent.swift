import Catalog
import Kernel
import Operations

/// What a handbook says in its own words. The stored form has the fields of the input.
package struct HandbookContent: OperationInput, Hashable {
  var purpose: LocalText
  /// Who answers for the process, and who runs it from day to day; nil, in a draft: nobody yet.
  var owner: PublicId?
  var manager: PublicId?
  /// How long an edition holds before somebody must look through it.
  var reviewEveryMonths: Int64
  var activities: [HandbookActivity]
  var roles: [HandbookRole]
  var principles: [HandbookPrinciple]
  var form: [HandbookFormField]
  var kpis: [HandbookKpi]

  static let purpose = Field.localText("purpose", 1...4000, multiline: true, "What the process is for.", "流程目的。")
  static let owner = Field.id("owner", .staff, "Who answers for the process.", "流程负责人。")
  static let manager = Field.id("manager", .staff, "Who runs it from day to day.", "流程经理。")
  static let reviewEveryMonths = Field.integer(
    "reviewEveryMonths", 1...60, "After how many months somebody must look through it (default 12).", "复审周期（月，默认 12）。")
  static let activities = Field<[HandbookActivity]>.list(
    "activities", of: Field<HandbookActivity>.object("activity", "An activity.", "一项活动。"), count: 0...50, "What is done, in its order.", "活动，按顺序。")
  static let roles = Field<[HandbookRole]>.list(
    "roles", of: Field<HandbookRole>.object("role", "A role.", "一个角色。"), count: 0...50, "Who does what in it.", "角色与人员。")
  static let principles = Field<[HandbookPrinciple]>.list(
    "principles", of: Field<HandbookPrinciple>.object("principle", "A principle.", "一条原则。"), count: 0...20, "What holds in it, one text for each kind.",
    "流程原则，每个类别一条。")
  static let form = Field<[HandbookFormField]>.list(
    "form", of: Field<HandbookFormField>.object("field", "A field.", "一个字段。"), count: 0...100, "The form of its record.", "记录表单。")
  static let kpis = Field<[HandbookKpi]>.list(
    "kpis", of: Field<HandbookKpi>.object("kpi", "A figure.", "一项指标。"), count: 0...50, "The figures by which it is judged.", "关键绩效指标。")

  package static let fields: [any InputField] = [
    purpose, owner.optional, manager.optional, reviewEveryMonths.optional, activities.optional, roles.optional, principles.optional, form.optional,
    kpis.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    purpose = try values[Self.purpose]
    owner = try values[Self.owner.optional]
    manager = try values[Self.manager.optional]
    reviewEveryMonths = try values[Self.reviewEveryMonths.optional] ?? 12
    activities = try values[Self.activities.optional] ?? []
    roles = try values[Self.roles.optional] ?? []
    principles = try values[Self.principles.optional] ?? []
    form = try values[Self.form.optional] ?? []
    kpis = try values[Self.kpis.optional] ?? []
  }

  /// Without what says nothing; in a fixed order.
  var stored: Value {
    func list(_ values: [Value]) -> Value? { values.isEmpty ? nil : .array(values) }
    return .members([
      ("purpose", purpose.value), ("owner", owner.map { .id($0) }), ("manager", manager.map { .id($0) }),
      ("reviewEveryMonths", .integer(reviewEveryMonths)), ("activities", list(activities.map(\.stored))), ("roles", list(roles.map(\.stored))),
      ("principles", list(principles.map(\.stored))), ("form", list(form.map(\.stored))), ("kpis", list(kpis.map(\.stored))),
    ])
  }

  /// What a draft or an edition holds.
  static func read(_ stored: Value) throws(Failure) -> HandbookContent {
    do throws(FieldError) {
      return try InputValues.read(HandbookContent.self, from: stored)
    } catch {
      throw Failure(.conflict, HandbookMessages.unreadable, debug: "a handbook holds what it may not: \(error.violations.map(\.path))")
    }
  }

  /// Nil: this version of the program cannot read it, as after a return to an earlier one.
  static func ifReadable(_ stored: Value) -> HandbookContent? { try? read(stored) }

  /// A person, and where in the handbook.
  struct Place: Hashable, Sendable {
    let person: PublicId
    let path: String
  }

  /// Everybody who stands in it.
  var people: [Place] {
    var places: [Place] = []
    if let owner { places.append(Place(person: owner, path: "owner")) }
    if let manager { places.append(Place(person: manager, path: "manager")) }
    for (index, role) in roles.enumerated() {
      for (number, person) in role.people.enumerated() { places.append(Place(person: person, path: "roles[\(index)].people[\(number)]")) }
    }
    return places
  }
}
