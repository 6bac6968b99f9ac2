import Contracts
import Kernel
import Operations
import ServiceTime

/// A customer with its contract, as one reviewed file says it. Things name each other by name.
package struct ContractFile: OperationInput {
  let customer: FileCustomer
  let units: [FileUnit]
  let people: [FilePerson]
  let calendars: [FileCalendar]
  let slas: [FileSla]
  let teams: [FileTeam]
  let contract: FileContract?
  /// From which day what changes holds, in the contract's zone; nil: from now on.
  let validFrom: CalendarDate?

  private static let customer = Field<FileCustomer>.object("customer", "The customer.", "客户。")
  private static let units = Field<[FileUnit]>.list(
    "units", of: Field<FileUnit>.object("unit", "A site or department.", "站点或部门。"), count: 0...500, "Its sites and departments.", "站点与部门。")
  private static let people = Field<[FilePerson]>.list(
    "people", of: Field<FilePerson>.object("person", "A person.", "人员。"), count: 0...2000, "Its people.", "人员。")
  private static let calendars = Field<[FileCalendar]>.list(
    "calendars", of: Field<FileCalendar>.object("calendar", "A calendar.", "日历。"), count: 0...50, "Coverage calendars.", "服务时间日历。")
  private static let slas = Field<[FileSla]>.list("slas", of: Field<FileSla>.object("sla", "An SLA.", "SLA。"), count: 0...50, "SLAs.", "服务级别。")
  private static let teams = Field<[FileTeam]>.list(
    "teams", of: Field<FileTeam>.object("team", "A team.", "团队。"), count: 0...100, "The provider's teams.", "服务商的团队。")
  private static let contract = Field<FileContract>.object("contract", "The contract.", "合同。")
  private static let validFrom = Field.date("validFrom", "From which day changes hold.", "变更自何日起生效。")

  package static let fields: [any InputField] = [
    customer, units.optional, people.optional, calendars.optional, slas.optional, teams.optional, contract.optional, validFrom.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    customer = try values[Self.customer]
    units = try values[Self.units.optional] ?? []
    people = try values[Self.people.optional] ?? []
    calendars = try values[Self.calendars.optional] ?? []
    slas = try values[Self.slas.optional] ?? []
    teams = try values[Self.teams.optional] ?? []
    contract = try values[Self.contract.optional]
    validFrom = try values[Self.validFrom.optional]
  }
}

package struct FileCustomer: OperationInput {
  let code: String
  let name: String
  let zone: String
  let language: String?

  private static let code = Field.text("code", 2...16, "Its code.", "代码。")
  private static let zone = Field.text("zone", 1...60, "Its time zone.", "时区。")

  package static let fields: [any InputField] = [code, FileFields.name, zone, FileFields.language.optional]

  package init(_ values: InputValues) throws(FieldError) {
    code = try values[Self.code]
    name = try values[FileFields.name]
    zone = try values[Self.zone]
    language = try values[FileFields.language.optional]
  }
}

package struct FileUnit: OperationInput {
  let name: String
  let kind: String
  let parent: String?
  let zone: String?

  private static let kind = Field.oneOf("kind", ["site", "department"], "Site or department.", "站点或部门。")
  private static let parent = Field.text("parent", 1...200, "The unit above it.", "上级单位。")
  private static let zone = Field.text("zone", 1...60, "Its own time zone.", "自身时区。")

  package static let fields: [any InputField] = [FileFields.name, kind.optional, parent.optional, zone.optional]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    kind = try values[Self.kind.optional] ?? "site"
    parent = try values[Self.parent.optional]
    zone = try values[Self.zone.optional]
  }
}

package struct FilePerson: OperationInput {
  let name: String
  let email: String?
  let unit: String?
  let language: String?

  private static let email = Field.text("email", 3...320, "The e-mail address.", "电子邮件。")
  private static let unit = Field.text("unit", 1...200, "The person's unit.", "所属单位。")

  package static let fields: [any InputField] = [FileFields.name, email.optional, unit.optional, FileFields.language.optional]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    // Who is recorded is found by whatever address he is recorded with; only a new one has to be sound.
    email = try values[Self.email.optional].map(LoginName.canonical)
    unit = try values[Self.unit.optional]
    language = try values[FileFields.language.optional]
  }
}

/// Fields that several parts have.
enum FileFields {
  static let name = Field.text("name", 1...200, "Its name.", "名称。")
  static let language = Field.language("Its language.", "语言。")
  static let metric = Field.oneOf("metric", Metric.allCases.map(\.rawValue), "A metric of a ticket's clocks.", "工单时钟的指标。")
}
