import Attributes
import Desk
import Kernel
import Knowledge
import Operations

/// Declares a major incident, at once with incidents of one customer; those of others are linked afterwards. Whoever declares it leads it,
/// unless he names somebody.
package enum DeclareMajor: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let title: String
    let description: String
    let lead: PublicId?
    let incidents: [PublicId]
    let attributes: Value?

    private static let customer = Field.id("customer", .customer, "The customer whose incidents are named.", "所列事件所属的客户。").optional
    private static let incidents = Field<[PublicId]>.list(
      "incidents", of: MajorFields.incident, count: 0...100, "Open incidents of the customer that are part of it.", "所属的、该客户的未结事件。"
    ).optional

    package static let fields: [any InputField] = [
      customer, MajorFields.title, MajorFields.description.optional, MajorFields.lead.optional, incidents,
      AttributeFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      title = try values[MajorFields.title]
      description = try values[MajorFields.description.optional] ?? ""
      lead = try values[MajorFields.lead.optional]
      incidents = try values[Self.incidents] ?? []
      attributes = try values[AttributeFields.attributes.optional]
    }
  }

  package static let declaration = Declaration(
    "major_incident.declare", "Declare a major incident, at once with incidents of a customer; those of others are linked afterwards.",
    zh: "宣布重大事件，可同时关联一个客户的事件；其他客户的事件随后关联。", permission: MajorRights.work, roles: MajorRights.workers,
    reach: .homeOr(by: "customer", andProvider: true), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    guard context.principal.side == .staff else { throw Failure.notFound }
    let (transaction, provider) = (context.transaction, context.provider.id)
    let attributes = try context.told(input.attributes, of: .majorIncident)
    let id = context.id(.majorIncident, context.random.publicIdBits())
    let lead = try await context.leadOfNewMajor(input.lead)
    guard let number = try await transaction.first(NextNumber("major_incident", of: provider)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no number")
    }
    let insert = InsertMajor(
      provider: provider, publicId: id, number: number, title: input.title, description: input.description, lead: lead, declarer: context.actor.id,
      now: context.now)
    guard try await transaction.first(insert) != nil, let row = try await transaction.first(MajorByPublicId(reader: .all(of: provider), publicId: id)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no major incident")
    }
    context.subject(id)
    var work = MajorWork(context: context, row: row, wordsBefore: row.words)
    transaction.enqueueWords(of: work.searched, row.words)
    work.note("declared", .object(["lead": .id(lead.map { context.id(.staff, $0.publicId) })]))
    work.tell(try await attributes?.applied(to: row.attributes, of: nil, category: nil))
    try await work.link(input.incidents) { "incidents[\($0)]" }
    work.save(countsVersion: false)
    return try await work.record()
  }
}

package enum ChangeMajor: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      MajorFields.id, MajorFields.title.change, MajorFields.description.change, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      title = try values[MajorFields.title.change]
      description = try values[MajorFields.description.change]
      attributes = try values[AttributeFields.attributes.change]
    }
  }

  package static let declaration = Declaration(
    "major_incident.change", "Change what a major incident is about, and its custom attributes.", zh: "修改重大事件的标题、描述与自定义属性。",
    permission: MajorRights.work, roles: MajorRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .majorIncident)
    guard !(input.title.isKeep && input.description.isKeep) || attributes != nil else { throw Failure(.invalid, MajorMessages.nothingToChange) }
    var work = try await MajorWork.begin(on: input.id, in: context)
    _ = try work.row.process.state(after: .write)
    let before = work.row
    work.row.title = input.title.applied(to: before.title)
    work.row.description = input.description.applied(to: before.description)
    let told: [FieldChange] = [
      .text("title", before.title, work.row.title), .text("description", before.description, work.row.description),
    ]
    let changed = told.real
    let edit = try await attributes?.applied(to: before.attributes, of: nil, category: nil)
    guard !changed.isEmpty || !(edit?.isEmpty ?? true) else { return try await work.record() }
    if !changed.isEmpty { work.note("changed", changed) }
    work.tell(edit)
    work.save()
    return try await work.record()
  }
}

/// Makes an incident part of it. It needs no version: it stands beside both.
package enum LinkMajorIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let incident: PublicId

    package static let fields: [any InputField] = [MajorFields.id, MajorFields.incident]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      incident = try values[MajorFields.incident]
    }
  }

  package static let declaration = Declaration(
    "major_incident.link", "Make an incident part of a major incident; its customer is told what the others were told last.",
    zh: "将事件关联到重大事件；其客户会收到最近一次对客户的通报。", permission: MajorRights.work, roles: MajorRights.workers,
    reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await MajorWork.begin(on: input.id, in: context, comparesVersion: false)
    try await work.link([input.incident]) { _ in "incident" }
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

package enum UnlinkMajorIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let incident: PublicId
    let reason: String

    package static let fields: [any InputField] = [MajorFields.id, MajorFields.incident, MajorFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      incident = try values[MajorFields.incident]
      reason = try values[MajorFields.reason]
    }
  }

  package static let declaration = Declaration(
    "major_incident.unlink", "Say that an incident is not part of a major incident after all; that it was thought so stays in the history of both.",
    zh: "解除事件与重大事件的关联；双方历史中仍保留记录。", permission: MajorRights.work, roles: MajorRights.workers, reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await MajorWork.begin(on: input.id, in: context, comparesVersion: false)
    try await work.unlink(input.incident, because: input.reason)
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

extension MajorReader {
  static func all(of provider: TenantId) -> MajorReader { MajorReader(provider: provider, customers: nil, account: nil) }
}
