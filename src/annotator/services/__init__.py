"""Operations: each plans a Change or does one task on a Project, without Qt."""
