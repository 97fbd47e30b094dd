from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_claim_withdrawn'),
    ]

    operations = [
        migrations.AlterField(
            model_name='claim',
            name='about_region',
            field=models.CharField(blank=True, db_index=True, max_length=40, verbose_name='about the region'),
        ),
    ]
