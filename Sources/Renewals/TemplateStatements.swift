import Kernel
import Postgres

/// Where templates of one kind are kept: a module's own tables `contract_template` and `contract_template_version`.
package protocol TemplateShelf: Sendable {
  static var schema: String { get }
}

package struct InsertTemplate<Shelf: TemplateShelf>: Statement {
  package let publicId: PublicId
  package let name: String
  package let now: Instant

  package init(publicId: PublicId, name: String, now: Instant) {
    self.publicId = publicId
    self.name = name
    self.now = now
  }

  package static var sql: String { "insert into \(Shelf.schema).contract_template (public_id, name, recorded_at) values ($1, $2, $3) returning id" }

  package func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(now)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

package struct InsertTemplateVersion<Shelf: TemplateShelf>: Statement {
  package let template: Int64
  package let seq: Int64
  package let content: Value
  package let now: Instant

  package init(template: Int64, seq: Int64, content: Value, now: Instant) {
    self.template = template
    self.seq = seq
    self.content = content
    self.now = now
  }

  package static var sql: String {
    "insert into \(Shelf.schema).contract_template_version (contract_template_id, seq, content, recorded_at) values ($1, $2, $3, $4)"
  }

  package func bind(to parameters: inout Parameters) {
    parameters.append(template)
    parameters.append(seq)
    parameters.append(json: content)
    parameters.append(now)
  }
}

/// A template in its newest version.
package struct TemplateRow<Shelf: TemplateShelf>: Sendable {
  package let id: Int64
  package let publicId: [UInt8]
  package let name: String
  package let state: String
  package let version: Int64
  package let content: Value
  package let recordedAt: Instant

  package static var select: String {
    """
    select t.id, t.public_id, t.name, t.state, t.version, v.content, v.recorded_at
    from \(Shelf.schema).contract_template t
    join \(Shelf.schema).contract_template_version v on v.contract_template_id = t.id and v.seq = t.version
    """
  }

  package init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    state = try row.next()
    version = try row.next()
    content = try row.next()
    recordedAt = try row.next()
  }
}

package struct TemplateByPublicId<Shelf: TemplateShelf>: Statement {
  package let publicId: PublicId

  package init(publicId: PublicId) {
    self.publicId = publicId
  }

  package static var sql: String { "\(TemplateRow<Shelf>.select) where t.public_id = $1" }

  package func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  package static func decode(_ row: inout RowReader) throws -> TemplateRow<Shelf> { try TemplateRow(&row) }
}

package struct TemplatesByName<Shelf: TemplateShelf>: Statement {
  package let afterName: String
  package let afterId: Int64
  package let limit: Int64

  package init(afterName: String, afterId: Int64, limit: Int64) {
    self.afterName = afterName
    self.afterId = afterId
    self.limit = limit
  }

  package static var sql: String { "\(TemplateRow<Shelf>.select) where (t.name, t.id) > ($1, $2) order by t.name, t.id limit $3" }

  package func bind(to parameters: inout Parameters) {
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> TemplateRow<Shelf> { try TemplateRow(&row) }
}

/// Counts a change of a template; no row when another change came first.
package struct AdvanceTemplate<Shelf: TemplateShelf>: Statement {
  package let id: Int64
  package let version: Int64
  package let name: String
  package let state: String

  package init(id: Int64, version: Int64, name: String, state: String) {
    self.id = id
    self.version = version
    self.name = name
    self.state = state
  }

  package static var sql: String {
    """
    update \(Shelf.schema).contract_template set name = $3, state = $4, version = version + 1 where id = $1 and version = $2 returning version
    """
  }

  package func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(state)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
